import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { JsonSchema } from '#server/catalogue/shipped.ts';
import { takesType } from '#server/generations/file-limits.ts';
import { ApiError } from './openai-errors.ts';

/**
 * Fits what clients of one dialect send to a model of another. What only colours the answer and cannot be taken is left
 * out and named in the header `x-mluen-ignored`; what would change its meaning is refused by the model's own schema.
 */
export interface Fitted {
  params: Record<string, unknown>;
  ignored: string[];
}

export function fieldOf(model: CatalogueModel, name: string): JsonSchema | undefined {
  return (model.parameters.properties as Record<string, JsonSchema> | undefined)?.[name];
}

const HINTS = ['temperature', 'top_p', 'top_k', 'seed', 'frequency_penalty', 'presence_penalty'] as const;

/** Takes a field that colours the answer, where the model has it and takes other values than its own. */
export function fitHints(model: CatalogueModel, given: Record<string, unknown>): Fitted {
  const params: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (const name of HINTS) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    const field = fieldOf(model, name);
    if (field === undefined || (field.const !== undefined && field.const !== value)) ignored.push(name);
    else params[name] = value;
  }
  return { params, ignored };
}

/** From no thought to the most. */
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** The effort that the model has nearest to `wanted`, the smaller of two; undefined where it has none to choose. */
export function nearestEffort(model: CatalogueModel, wanted: string): string | undefined {
  const offered = fieldOf(model, 'reasoning_effort')?.enum as string[] | undefined;
  if (offered === undefined) return undefined;
  const distance = (effort: string) => Math.abs(EFFORTS.indexOf(effort) - EFFORTS.indexOf(wanted));
  return [...offered].sort((a, b) => distance(a) - distance(b) || EFFORTS.indexOf(a) - EFFORTS.indexOf(b))[0];
}

/** How hard a model thinks with so many tokens for it. */
function effortOfBudget(tokens: number): string {
  if (tokens === 0) return 'none';
  if (tokens < 2_000) return 'low';
  if (tokens < 8_000) return 'medium';
  return tokens < 24_000 ? 'high' : 'xhigh';
}

/** Thinking turned on with a budget, in whichever way the model has. */
export function fitBudget(model: CatalogueModel, tokens: number): Fitted {
  const switched = fieldOf(model, 'enable_thinking') === undefined ? {} : { enable_thinking: true };
  if (fieldOf(model, 'thinking_budget') !== undefined)
    return { params: { ...switched, thinking_budget: tokens }, ignored: [] };
  const effort = nearestEffort(model, effortOfBudget(tokens));
  if (effort !== undefined) return { params: { ...switched, reasoning_effort: effort }, ignored: [] };
  return { params: switched, ignored: Object.keys(switched).length === 0 ? ['thinking'] : [] };
}

/** Thinking turned off, or as low as the model goes. */
export function fitNoThought(model: CatalogueModel): Fitted {
  if (fieldOf(model, 'thinking') !== undefined) return { params: { thinking: 'disabled' }, ignored: [] };
  if (fieldOf(model, 'enable_thinking') !== undefined)
    return { params: { enable_thinking: false }, ignored: [] };
  const effort = nearestEffort(model, 'none');
  return { params: effort === undefined ? {} : { reasoning_effort: effort }, ignored: [] };
}

/** Refuses media that the model cannot read, before anything is held: a part is never dropped in silence. */
export function refuseMedia(model: CatalogueModel, mediaType: string, param: string): void {
  const isAnyPicture = mediaType === 'image/*';
  const takes = isAnyPicture
    ? model.accepts.mediaTypes.some((type) => type.startsWith('image/'))
    : takesType(model, mediaType);
  if (takes) return;
  throw new ApiError(
    400,
    'invalid_request_error',
    'unsupported_value',
    `${param}: ${model.name} does not take ${mediaType}.`,
    { param },
  );
}

/** Whether a schema can be held to strictly: each of its objects names all its fields as required, and takes no others. */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (schema === null || typeof schema !== 'object') return true;
  const { type, properties, required, additionalProperties, ...rest } = schema as Record<string, unknown>;
  const names = Object.keys((properties as object | undefined) ?? {});
  const all = Array.isArray(required) ? required : [];
  const isClosed = additionalProperties === false && names.every((name) => all.includes(name));
  const isObject = [type].flat().includes('object') || properties !== undefined;
  return (!isObject || isClosed) && Object.values({ ...(properties as object), ...rest }).every(isStrict);
}

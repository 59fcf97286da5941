import type { Traits } from './models.ts';
import { badRequest, notOneOf, type Refusal, wrongType } from './refusals.ts';

/** What depends on the model: the length of its answer, the sampling fields, and tools. */
export function modelRefusal(body: Record<string, unknown>, traits: Traits): Refusal | null {
  return limitsRefusal(body, traits) ?? reasoningRefusal(body, traits) ?? toolsRefusal(body, traits);
}

function limitsRefusal(body: Record<string, unknown>, traits: Traits): Refusal | null {
  for (const name of ['max_completion_tokens', 'max_tokens']) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (!Number.isInteger(value)) return wrongType(name, 'an integer', value);
    if ((value as number) < 1)
      return badRequest(
        `Invalid '${name}': integer below minimum value. Expected a value >= 1, but got ${value} instead.`,
        name,
        'integer_below_min_value',
      );
    if ((value as number) > traits.maxOutputTokens) {
      return badRequest(
        `max_tokens is too large: ${value}. This model supports at most ${traits.maxOutputTokens} completion tokens, whereas you provided ${value}.`,
        name,
        'invalid_value',
      );
    }
  }
  return null;
}

function reasoningRefusal(body: Record<string, unknown>, traits: Traits): Refusal | null {
  const effort = body.reasoning_effort ?? undefined;
  if (!traits.reasons) {
    return effort === undefined ? null : unsupportedParameter('reasoning_effort', 'this model');
  }
  if (body.max_tokens !== undefined && body.max_tokens !== null) {
    return badRequest(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
  }
  if (effort !== undefined && !traits.efforts.includes(String(effort))) {
    return badRequest(
      `Unsupported value: 'reasoning_effort' does not support '${effort}' with this model. Supported values are: ${traits.efforts.map((word) => `'${word}'`).join(', ')}.`,
      'reasoning_effort',
      'unsupported_value',
    );
  }
  for (const name of ['temperature', 'top_p']) {
    const value = body[name];
    if (value !== undefined && value !== null && value !== 1) {
      return badRequest(
        `Unsupported value: '${name}' does not support ${value} with this model. Only the default (1) value is supported.`,
        name,
        'unsupported_value',
      );
    }
  }
  for (const name of [
    'stop',
    'frequency_penalty',
    'presence_penalty',
    'logprobs',
    'top_logprobs',
    'logit_bias',
  ]) {
    if (body[name]) return unsupportedParameter(name, 'this model');
  }
  return null;
}

function toolsRefusal(body: Record<string, unknown>, traits: Traits): Refusal | null {
  const { tools } = body;
  if (tools === undefined || tools === null) {
    return body.tool_choice
      ? badRequest(
          "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
          'tool_choice',
        )
      : null;
  }
  if (!Array.isArray(tools)) return wrongType('tools', 'an array of objects', tools);
  for (const [at, tool] of tools.entries()) {
    if (tool?.type !== 'function' && tool?.type !== 'custom')
      return notOneOf(`tools[${at}].type`, ['function', 'custom'], tool?.type);
    if (typeof tool[tool.type]?.name !== 'string') {
      return badRequest(
        `Missing required parameter: 'tools[${at}].${tool.type}.name'.`,
        `tools[${at}].${tool.type}.name`,
        'missing_required_parameter',
      );
    }
  }
  const effort = body.reasoning_effort ?? undefined;
  const isRefused =
    effort !== 'none' &&
    (traits.toolsNeedNoEffort === 'always' ||
      (traits.toolsNeedNoEffort === 'when_asked' && effort !== undefined));
  if (!isRefused) return null;
  return badRequest(
    `Function tools with reasoning_effort are not supported for ${body.model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`,
    'reasoning_effort',
  );
}

function unsupportedParameter(name: string, where: string): Refusal {
  return badRequest(
    `Unsupported parameter: '${name}' is not supported with ${where}.`,
    name,
    'unsupported_parameter',
  );
}

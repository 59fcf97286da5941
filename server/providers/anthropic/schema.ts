/** Keywords that structured output there answers with 400; what they say goes into the description instead. */
const REFUSED = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]);

/** A JSON Schema as Anthropic's structured output takes it. */
export function schemaForAnthropic(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(schemaForAnthropic);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept: Record<string, unknown> = {};
  const told: string[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (REFUSED.has(keyword) || (keyword === 'minItems' && Number(value) > 1))
      told.push(`${keyword}: ${JSON.stringify(value)}`);
    else if (keyword === 'properties' || keyword === '$defs') kept[keyword] = eachSchema(value);
    else if (keyword === 'oneOf') kept.anyOf = schemaForAnthropic(value);
    else if (keyword === 'enum' || keyword === 'const' || keyword === 'default') kept[keyword] = value;
    else kept[keyword] = schemaForAnthropic(value);
  }
  if (kept.type === 'object') kept.additionalProperties = false;
  if (told.length > 0)
    kept.description = [kept.description, `{${told.join(', ')}}`].filter(Boolean).join(' ');
  return kept;
}

function eachSchema(value: unknown): unknown {
  const entries = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, schema]) => [name, schemaForAnthropic(schema)]));
}

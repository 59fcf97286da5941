/** The JSON object in a body. Throws when it is no JSON, or JSON of another kind. */
export function objectIn<Body = Record<string, unknown>>(bytes: Buffer): Body {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError('not an object');
  return value as Body;
}

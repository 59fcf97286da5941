const CATEGORIES = ['HARASSMENT', 'HATE_SPEECH', 'SEXUALLY_EXPLICIT', 'DANGEROUS_CONTENT'];

/** One threshold for every category; what Google withholds in any case is its own business. */
export function safetySettings(threshold: unknown): { safetySettings?: object[] } {
  if (typeof threshold !== 'string') return {};
  return {
    safetySettings: CATEGORIES.map((category) => ({ category: `HARM_CATEGORY_${category}`, threshold })),
  };
}

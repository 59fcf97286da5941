type Three = [string, string, string];

/** Prompts that show what a kind of model is good at. */
export const quickExamples: Three = [
  'Summarise this in five sentences that a busy person would read.',
  'Suggest ten names for a small bakery by the sea.',
  'Correct the grammar of this paragraph and change nothing else.',
];

export const thinkingExamples: Three = [
  'Compare three ways to heat an old stone house, with costs over ten years.',
  'Find the weakest step in this argument and repair it.',
  'Plan the migration of 40 tables to a new database without downtime; name the risks.',
];

export const codeExamples: Three = [
  'Write a function that merges overlapping date ranges, with tests.',
  'Read this stack trace and tell me what failed first and why.',
  'Refactor this class so that its network calls can be tested.',
];

export const seeingExamples: Three = [
  'Read the handwriting in this photograph and type it out.',
  'What is wrong with the layout of this page? Three points, most important first.',
  'Turn this chart into a table with numbers.',
];

export const hearingExamples: Three = [
  'What was decided in this recording, and who does what by when?',
  'Describe what happens in this clip, second by second.',
  'Which language is spoken here, and what is the mood?',
];

export const longExamples: Three = [
  'Read these contracts and list every date by which somebody must act.',
  'Find where this book contradicts itself, with page numbers.',
  'Write a guide for newcomers from this code base.',
];

export const pictureExamples: Three = [
  'A lighthouse at dusk, oil painting, heavy brush strokes.',
  'A ceramic teapot on linen, soft side light, 85 mm lens.',
  'A poster for a jazz evening with the words "Friday, 8 pm".',
];

export const videoExamples: Three = [
  'A paper boat drifts down a rainy street; the camera follows close to the water.',
  'Slow push in on a violin maker at his bench, morning light, dust in the air.',
  'A fox trots through fresh snow, turns its head, and runs; sounds of the forest.',
];

export const movingExamples: Three = [
  'The person in the picture turns to the window and smiles.',
  'The camera circles the product slowly on a dark background.',
  'Leaves begin to fall; the light turns to evening.',
];

export const speechExamples: Three = [
  'Good morning, and welcome aboard. Our journey today takes about forty minutes.',
  'Once upon a time, at the edge of a very large forest, there lived a very small owl.',
  'Your parcel is at the shop on the corner. It is open until eight.',
];

export const soundExamples: Three = [
  'Rain on a tin roof, distant thunder, nobody about.',
  'An old wooden door creaks open, then shuts with a heavy latch.',
  'A busy café in the morning: cups, steam, low voices.',
];

export const musicExamples: Three = [
  'A calm piano piece in three-four time, late evening, a little melancholy.',
  'Upbeat afro-funk with horns and a tight bass line, no voice.',
  'The theme of a small ship that sets out on a large sea; strings, then brass.',
];

export const transcriptExamples: Three = [
  'An interview with two people',
  'A voice note in Swahili',
  'A lecture of an hour',
];

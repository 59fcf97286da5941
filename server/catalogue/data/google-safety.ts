import { choice } from './schema.ts';

/** One threshold for all categories of harm that Google lets a caller adjust. */
export function safetyThreshold() {
  return choice(
    'Filter',
    'From which likelihood of harm on Google withholds an answer. Some content is always withheld.',
    ['OFF', 'BLOCK_NONE', 'BLOCK_ONLY_HIGH', 'BLOCK_MEDIUM_AND_ABOVE', 'BLOCK_LOW_AND_ABOVE'],
    undefined,
    {
      group: 'limits',
      advanced: true,
      labels: {
        OFF: 'Off',
        BLOCK_NONE: 'Withhold nothing',
        BLOCK_ONLY_HIGH: 'High',
        BLOCK_MEDIUM_AND_ABOVE: 'Medium and above',
        BLOCK_LOW_AND_ABOVE: 'Low and above',
      },
    },
  );
}

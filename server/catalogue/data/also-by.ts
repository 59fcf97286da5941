import type { JsonSchema } from '#server/catalogue/shipped.ts';

/**
 * Models that somebody else resells: where the provider takes nothing, the same call may go there, at the price that
 * was shown (docs/decisions/routing.md). Each side keeps its own name, cost and words for the parameters. What a call
 * may say so that both give the same stands in `says`; such parameters, and those in `leaves`, do not travel along, nor
 * does an extra that was not asked for (`false`) and that the reseller has no word for. Its own schema decides on the rest.
 */
export interface AlsoBy {
  /** The reseller's entry in the catalogue. */
  modelId: string;
  /** The parameters in the reseller's words, of which its schema has these; null where it cannot do what is asked. */
  paramsFor(params: Record<string, unknown>, parameters: JsonSchema): Record<string, unknown> | null;
}

interface Row {
  model: string;
  by: string;
  says?: Record<string, unknown>;
  leaves?: string[];
  turn?: (params: Record<string, unknown>) => Record<string, unknown>;
}

/** Width and height are one word there. */
const size = ({ width, height, ...rest }: Record<string, unknown>) => ({
  ...rest,
  size: `${width}x${height}`,
});
/** Sound is made or not there; that of a clip sent in is not kept. */
const sound = ({ audio, ...rest }: Record<string, unknown>) => ({ ...rest, audio: audio === 'native' });

const tiers = [
  { resolution: '720p', tier: 'standard' },
  { resolution: '1080p', tier: 'pro' },
] as const;

/** From a picture the ratio follows the picture, on both sides. */
const kinds = [
  { from: 'text', leaves: [] },
  { from: 'image', leaves: ['aspect_ratio'] },
];

const rows: Row[] = [
  {
    model: 'flux/flux-2-pro',
    by: 'fal/flux-2-pro',
    says: { output_format: 'jpeg', safety_tolerance: 2 },
    turn: size,
  },
  {
    model: 'flux/flux-2-pro',
    by: 'replicate/flux-2-pro',
    says: { output_format: 'jpeg' },
    turn: (params) => ({ ...params, aspect_ratio: 'custom', output_format: 'jpg' }),
  },
  ...tiers.flatMap(({ resolution, tier }) =>
    kinds.map(({ from, leaves }) => ({
      model: 'kling/kling-3.0',
      by: `fal/kling-3.0-${tier}-${from}-to-video`,
      says: { resolution },
      leaves: ['multi_shot', ...leaves],
      turn: sound,
    })),
  ),
  ...tiers.map(({ resolution, tier }) => ({
    model: 'kling/kling-3.0',
    by: 'replicate/kling-3.0',
    says: { resolution },
    leaves: ['multi_shot'],
    turn: (params: Record<string, unknown>) => ({ ...sound(params), mode: tier }),
  })),
  ...['seedance-2.0', 'seedance-2.0-fast'].flatMap((name) =>
    kinds.map(({ from }) => ({
      model: `seedance/${name}`,
      by: `fal/${name}-${from}-to-video`,
    })),
  ),
];

const byModel = new Map(
  [...Map.groupBy(rows, (row) => row.model)].map(([model, group]) => [model, group.map(alsoByOf)]),
);

/** Who else makes this model, in the order in which they are asked. */
export function alsoBy(modelId: string): readonly AlsoBy[] {
  return byModel.get(modelId) ?? [];
}

/** Every model that has a reseller, with its resellers. */
export function everyAlsoBy(): ReadonlyMap<string, readonly AlsoBy[]> {
  return byModel;
}

function alsoByOf({ by, says = {}, leaves = [], turn = (params) => params }: Row): AlsoBy {
  const dropped = new Set([...Object.keys(says), ...leaves]);
  return {
    modelId: by,
    paramsFor(params, { properties }) {
      for (const [name, value] of Object.entries(says))
        if (params[name] !== undefined && params[name] !== value) return null;
      const kept = Object.entries(params).filter(([name]) => !dropped.has(name));
      const theirs = Object.entries(turn(Object.fromEntries(kept)));
      return Object.fromEntries(
        theirs.filter(([name, value]) => value !== false || name in (properties as object)),
      );
    },
  };
}

import type { Kind } from '#contract/catalogue.ts';
import type { Generation, GenerationState, GenerationSummary } from '#contract/generations.ts';
import type { ContentKey } from '#server/artifacts/seal.ts';
import { open } from '#server/artifacts/seal.ts';
import { timeOf } from '#server/database/ids.ts';
import { asMember } from '#server/database/transaction.ts';
import type { Receipt } from '#server/egress/egress.ts';
import { captureIdOf, lateCaptureIdOf } from '#server/ledger/transfer.ts';
import { endingOf, unknownMessage } from './endings.ts';
import { changesFor } from './file-fit.ts';
import { namePlace } from './files.ts';
import type { Parts } from './parts.ts';
import { fetchesOf } from './public-files.ts';
import { openAnswer, openAsk, openTitle } from './record.ts';
import type { StoredOutput } from './settle.ts';
import { isFinal } from './states.ts';
import type { Try } from './tries.ts';

export type HistoryParts = Pick<Parts, 'pools' | 'vault' | 'bodies' | 'catalogue' | 'routing'>;

export interface HistoryFilter {
  before?: string;
  limit: number;
  kind?: Kind;
  model?: string;
  running?: boolean;
  ids?: string[];
}

const COLUMNS = [
  'id',
  'source',
  'modelId',
  'kind',
  'providerId',
  'priceVersion',
  'state',
  'heldMicro',
  'chargedMicro',
  'titleSealed',
  'askBody',
  'answerBody',
  'fileIds',
  'units',
  'countedBy',
  'ending',
  'progressPermille',
  'sentTo',
  'tries',
  'outputs',
  'heldUntil',
  'finishedAt',
  'cameLate',
] as const;

/** Newest first, by key: the id begins with the time, so the primary key serves the list. */
export async function listGenerations(
  parts: HistoryParts,
  memberId: string,
  filter: HistoryFilter,
): Promise<{ items: GenerationSummary[]; next: string | null }> {
  const key = await parts.vault.keyOf(memberId);
  const rows = await asMember(parts.pools, memberId, (tx) => {
    let query = tx
      .selectFrom('generations.generation')
      .select(COLUMNS)
      .where('userId', '=', memberId)
      .orderBy('id', 'desc')
      .limit(filter.limit + 1);
    if (filter.before !== undefined) query = query.where('id', '<', filter.before);
    if (filter.ids !== undefined) query = query.where('id', 'in', filter.ids);
    if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
    if (filter.model !== undefined) query = query.where('modelId', '=', filter.model);
    if (filter.running !== undefined)
      query = query.where('finishedAt', filter.running ? 'is' : 'is not', null);
    return query.execute();
  });
  const page = rows.slice(0, filter.limit);
  return {
    items: page.map((row) => summaryOf(parts, memberId, key, row)),
    next: rows.length > filter.limit ? page.at(-1)!.id : null,
  };
}

/** One generation with all that belongs to it; null when it is not there or not this person's. */
export async function findGeneration(
  parts: HistoryParts,
  memberId: string,
  id: string,
): Promise<Generation | null> {
  const found = await asMember(parts.pools, memberId, async (tx) => {
    const row = await tx
      .selectFrom('generations.generation')
      .select(COLUMNS)
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return null;
    const files =
      row.fileIds.length === 0
        ? []
        : await tx
            .selectFrom('artifacts.file')
            .select(['id', 'mediaType', 'bytes', 'width', 'height', 'nameSealed'])
            .where('userId', '=', memberId)
            .where('id', 'in', row.fileIds)
            .execute();
    return { row, files, fetches: await fetchesOf(tx, parts.routing, memberId, id) };
  });
  if (found === null) return null;
  const { row, files, fetches } = found;
  const key = await parts.vault.keyOf(memberId);
  const ask =
    row.askBody === null ? { params: {} } : openAsk(key, memberId, id, await parts.bodies.read(row.askBody));
  const answer =
    row.answerBody === null ? null : openAnswer(key, memberId, id, await parts.bodies.read(row.answerBody));
  const named = files.map((file) => ({
    id: file.id,
    mediaType: file.mediaType,
    bytes: Number(file.bytes),
    name: open(key, namePlace(memberId, file.id), file.nameSealed).toString(),
  }));
  const model = parts.catalogue.atVersion(row.priceVersion);
  return {
    ...summaryOf(parts, memberId, key, row),
    params: ask.params,
    files: named,
    changes: model === null ? [] : changesFor(model, measured(files, named)),
    text: answer?.text ?? null,
    reasoning: answer?.reasoning ?? null,
    units: unitsOf(row.units),
    countedBy: row.countedBy as Generation['countedBy'],
    pricesFrom: model?.pricesFrom.toISOString() ?? timeOf(id).toISOString(),
    sentTo: [
      ...(row.sentTo as Receipt[]).map(({ at, provider, host, region, kinds, bytes }) => ({
        at,
        provider,
        host,
        region,
        kinds,
        bytes,
      })),
      ...fetches,
    ].sort((one, other) => one.at.localeCompare(other.at)),
    tries: triesOf(parts, row.tries),
    heldUntil: row.heldUntil?.toISOString() ?? null,
    transactionId: row.chargedMicro === 0n ? null : row.cameLate ? lateCaptureIdOf(id) : captureIdOf(id),
    cameLate: row.cameLate,
  };
}

/** Each try, as it is shown. */
export function triesOf({ routing }: Pick<Parts, 'routing'>, tries: unknown): Generation['tries'] {
  return (tries as Try[]).map(({ at, routeId, providerId, region, outcome }) => ({
    at,
    route: routeId,
    provider: providerId,
    providerName: routing.find(providerId)?.terms.name ?? providerId,
    region,
    outcome,
  }));
}

/** Files with their sides, for what was done to them. */
function measured(
  rows: { id: string; width: number | null; height: number | null }[],
  files: Generation['files'],
) {
  const sides = new Map(rows.map((row) => [row.id, row]));
  return files.map(({ id, name, mediaType, bytes }) => ({
    name,
    mediaType,
    size: bytes,
    width: sides.get(id)?.width ?? undefined,
    height: sides.get(id)?.height ?? undefined,
  }));
}

interface Row {
  id: string;
  source: string;
  modelId: string;
  kind: string;
  providerId: string;
  state: string;
  heldMicro: bigint;
  chargedMicro: bigint;
  titleSealed: Buffer | null;
  ending: string | null;
  progressPermille: number | null;
  outputs: unknown;
  finishedAt: Date | null;
}

function summaryOf(parts: HistoryParts, memberId: string, key: ContentKey, row: Row): GenerationSummary {
  const state = row.state as GenerationState;
  const provider = parts.routing.provider(row.providerId).terms.name;
  const ending = endingOf(row.ending as Parameters<typeof endingOf>[0], provider, row.chargedMicro);
  return {
    id: row.id,
    createdAt: timeOf(row.id).toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    modelId: row.modelId,
    modelName: parts.catalogue.findModel(row.modelId)?.name ?? row.modelId,
    kind: row.kind as Kind,
    state,
    title: row.titleSealed === null ? '' : openTitle(key, memberId, row.id, row.titleSealed),
    source: row.source as GenerationSummary['source'],
    heldMicro: row.heldMicro,
    chargedMicro: row.chargedMicro,
    releasedMicro: isFinal(state) ? row.heldMicro - row.chargedMicro : 0n,
    ending: ending ?? (state === 'unknown' ? { why: 'unknown', message: unknownMessage(provider) } : null),
    outputs: (row.outputs as StoredOutput[]).map(({ fileId: _, ...output }) => ({
      ...output,
      url: `/api/generations/${row.id}/outputs/${output.index}`,
    })),
    progress: row.progressPermille === null ? null : row.progressPermille / 1000,
  };
}

function unitsOf(units: unknown): Generation['units'] {
  if (!Array.isArray(units)) return [];
  return units.map((line: { unit: string; label: string; quantity: string; amountMicro: string }) => ({
    ...line,
    amountMicro: BigInt(line.amountMicro),
  }));
}

/** Where an output or an uploaded file lies, if it is this person's. */
export async function findFile(
  parts: HistoryParts,
  memberId: string,
  fileId: string,
): Promise<{ bytes: number; mediaType: string } | null> {
  const row = await asMember(parts.pools, memberId, (tx) =>
    tx
      .selectFrom('artifacts.file')
      .select(['bytes', 'mediaType'])
      .where('userId', '=', memberId)
      .where('id', '=', fileId)
      .executeTakeFirst(),
  );
  return row === undefined ? null : { bytes: Number(row.bytes), mediaType: row.mediaType };
}

export async function outputFileId(
  parts: HistoryParts,
  memberId: string,
  id: string,
  index: number,
): Promise<string | null> {
  const row = await asMember(parts.pools, memberId, (tx) =>
    tx
      .selectFrom('generations.generation')
      .select('outputs')
      .where('userId', '=', memberId)
      .where('id', '=', id)
      .executeTakeFirst(),
  );
  return ((row?.outputs ?? []) as StoredOutput[]).find((output) => output.index === index)?.fileId ?? null;
}

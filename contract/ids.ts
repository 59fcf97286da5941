import { z } from 'zod';

export const Id = z.uuid();
/** A keyset cursor: opaque to the caller. */
export const Cursor = z.string().max(200);
export const Instant = z.iso.datetime();

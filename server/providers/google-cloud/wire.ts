import { z } from 'zod';

/** Answers of Veo on Google Cloud (cloud.google.com, read 2026-11-24): only the fields that are used. */
export const ServiceAccount = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  token_uri: z.url(),
});
export type ServiceAccount = z.output<typeof ServiceAccount>;

export const Token = z.object({ access_token: z.string().min(1), expires_in: z.number() });

export const Started = z.object({ name: z.string().min(1) });

export const Operation = z.object({
  name: z.string(),
  done: z.boolean().nullish(),
  error: z.object({ code: z.number(), message: z.string().nullish() }).nullish(),
  response: z
    .object({
      raiMediaFilteredCount: z.number().nullish(),
      raiMediaFilteredReasons: z.array(z.string()).nullish(),
      videos: z
        .array(z.object({ bytesBase64Encoded: z.string().nullish(), mimeType: z.string().nullish() }))
        .nullish(),
    })
    .nullish(),
});
export type Operation = z.output<typeof Operation>;

/** What a provider publishes about itself, shown on the model page and before the first use (clause 5.3). */
export interface ProviderTerms {
  name: string;
  company: string;
  termsUrl: string;
  privacyUrl: string;
  regions: string[];
  /** As published, a short sentence. */
  retention: string;
  training: string;
  /** Date these were read, `YYYY-MM-DD`. */
  readOn: string;
}

/** Environment variables that switch the real host on; the first is the key. */
export interface ProviderSettings extends Record<'key' | 'baseUrl' | 'defaultBaseUrl' | 'region', string> {
  extra?: string[];
  /** How its keys begin, where they have a form. */
  keyPrefix?: string;
}

import { type Config, ConfigError } from '#server/config.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import type { Provider } from '#server/providers/provider.ts';

/** One way to a provider: a key at a host, in a region. */
export interface ProviderRoute extends OpenRoute {
  providerId: string;
  /** Its share of the traffic beside the provider's other routes; 0 takes over only when no other can. */
  weight: number;
}

type Settings = Pick<Config, 'mode' | 'providerSetting'>;

/** Routes beyond the first are numbered up to this. */
const MOST = 9;
const WEIGHT = 100;

/**
 * The routes that settings name, first the one without a number: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_REGION`,
 * `OPENAI_WEIGHT`, then the same with `_2` to `_9`. What a numbered one leaves out is that of the first; where it names
 * a host it must name its region, since people may demand one. Where nothing is set, simulators in sandbox mode
 * (`openai`, and further ones by `openai-2`), else none. Throws `ConfigError`.
 */
export function configuredRoutes(
  provider: Provider,
  settings: Settings,
  simulators: Record<string, string>,
): ProviderRoute[] {
  const numbers = Array.from({ length: MOST }, (_, index) => index + 1);
  const real = numbers
    .map((number) => realRoute(provider, settings, number))
    .filter((route) => route !== null);
  if (real.length > 0 || settings.mode !== 'sandbox') return real;
  return numbers
    .map((number) => simulatedRoute(provider, settings, simulators, number))
    .filter((route) => route !== null);
}

function realRoute(
  provider: Provider,
  { mode, providerSetting }: Settings,
  number: number,
): ProviderRoute | null {
  const { settings } = provider;
  const own = (name: string) => providerSetting(numbered(name, number));
  const names = { key: own(settings.key), baseUrl: own(settings.baseUrl) };
  // A host of the operator's own is switched on by its address, any other by its key.
  const isOwnHost = settings.key === settings.baseUrl;
  const isNamed = isOwnHost ? names.baseUrl !== undefined : names.key !== undefined;
  if (!isNamed && (number === 1 || names.baseUrl === undefined)) return null;
  const key = names.key ?? providerSetting(settings.key);
  if (key === undefined) return null; // a host alone opens nothing: the first key is missing too
  const region = own(settings.region);
  if (number > 1 && names.baseUrl !== undefined && region === undefined)
    throw new ConfigError(
      `${numbered(settings.region, number)} is missing: ${numbered(settings.baseUrl, number)} names another host, and people may demand a region.`,
    );
  const baseUrl = names.baseUrl ?? providerSetting(settings.baseUrl) ?? settings.defaultBaseUrl;
  if (mode === 'production' && !isOwnHost && travelsInTheClear(new URL(baseUrl)))
    throw new ConfigError(
      `${numbered(settings.baseUrl, names.baseUrl === undefined ? 1 : number)} is plain HTTP: what people ask travels by HTTPS alone.`,
    );
  return {
    id: `${provider.id}-${number}`,
    providerId: provider.id,
    baseUrl,
    key,
    region: region ?? providerSetting(settings.region) ?? provider.terms.regions[0]!,
    weight: weightOf(own(weightName(settings.region)), numbered(weightName(settings.region), number)),
    sandbox: false,
    extra: Object.fromEntries(
      (settings.extra ?? []).map((name) => [name, own(name) ?? providerSetting(name) ?? '']),
    ),
  };
}

function simulatedRoute(
  provider: Provider,
  { providerSetting }: Settings,
  simulators: Record<string, string>,
  number: number,
): ProviderRoute | null {
  const { settings } = provider;
  const simulator = simulators[number === 1 ? provider.id : `${provider.id}-${number}`];
  if (simulator === undefined) return null;
  // The path of the real base address belongs to the wire format: https://host/v1 → simulator/v1.
  const path = new URL(settings.defaultBaseUrl).pathname.replace(/\/$/, '');
  const weight = numbered(weightName(settings.region), number);
  return {
    id: number === 1 ? `${provider.id}-sandbox` : `${provider.id}-sandbox-${number}`,
    providerId: provider.id,
    baseUrl: new URL(simulator).origin + path,
    key: `${settings.keyPrefix ?? ''}sandbox-key`,
    region: providerSetting(numbered(settings.region, number)) ?? 'sandbox',
    weight: weightOf(providerSetting(weight), weight),
    sandbox: true,
    extra: Object.fromEntries((settings.extra ?? []).map((name) => [name, providerSetting(name) ?? ''])),
  };
}

const numbered = (name: string, number: number) => (number === 1 ? name : `${name}_${number}`);

/** `OPENAI_REGION` → `OPENAI_WEIGHT`. */
const weightName = (region: string) => region.replace(/_REGION$/, '_WEIGHT');

function weightOf(given: string | undefined, name: string): number {
  if (given === undefined) return WEIGHT;
  const weight = Number(given);
  if (!Number.isInteger(weight) || weight < 0 || weight > 1000)
    throw new ConfigError(`${name}: a whole number from 0 to 1000`);
  return weight;
}

/** Over a network without TLS. What stays on this machine does not travel. */
function travelsInTheClear({ protocol, hostname }: URL): boolean {
  return protocol !== 'https:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

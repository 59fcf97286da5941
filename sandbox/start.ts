import { renameSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { startAnthropic } from './anthropic/anthropic.ts';
import { startElevenLabs } from './elevenlabs/elevenlabs.ts';
import { startFal } from './fal/fal.ts';
import { startFlux } from './flux/flux.ts';
import { startGoogle } from './google/google.ts';
import { startGoogleCloud } from './google-cloud/google-cloud.ts';
import { startGoogleIdentity } from './google-identity/google-identity.ts';
import { startKling } from './kling/kling.ts';
import { startOpenAi } from './openai/openai.ts';
import { startCommercialHost } from './openai-compatible/commercial.ts';
import { startOpenAiCompatible } from './openai-compatible/openai-compatible.ts';
import { startQwen } from './qwen/qwen.ts';
import { startReplicate } from './replicate/replicate.ts';
import { startSeedance } from './seedance/seedance.ts';
import type { Simulator } from './simulator.ts';
import { startStripe } from './stripe/stripe.ts';

export interface SandboxOptions {
  /** By simulator; any free port where absent. */
  ports?: Ports;
  /** Where simulators may keep what must outlive them. */
  dataDir?: string;
}

export interface Sandbox {
  /** Origins by simulator, and of the hosts that deliver results, such as `flux-delivery`. */
  urls: Record<string, string>;
  close(): Promise<void>;
}

type Ports = Record<string, number>;

const starters: Record<string, (port: number, ports: Ports, dataDir?: string) => Promise<Simulator>> = {
  openai: (port) => startOpenAi({ port }),
  anthropic: (port) => startAnthropic({ port }),
  elevenlabs: (port) => startElevenLabs({ port }),
  fal: (port, ports) => startFal({ port, deliveryPort: ports['fal-delivery'] }),
  flux: (port, ports) => startFlux({ port, deliveryPort: ports['flux-delivery'] }),
  google: (port) => startGoogle({ port }),
  'google-cloud': (port) => startGoogleCloud({ port }),
  'google-identity': (port) => startGoogleIdentity({ port }),
  kling: (port, ports) => startKling({ port, deliveryPort: ports['kling-delivery'] }),
  'openai-compatible': (port) => startOpenAiCompatible({ port }),
  deepseek: (port) => startCommercialHost('deepseek', { port }),
  mistral: (port) => startCommercialHost('mistral', { port }),
  groq: (port) => startCommercialHost('groq', { port }),
  together: (port) => startCommercialHost('together', { port }),
  xai: (port) => startCommercialHost('xai', { port }),
  openrouter: (port) => startCommercialHost('openrouter', { port }),
  qwen: (port, ports) => startQwen({ port, deliveryPort: ports['qwen-delivery'] }),
  replicate: (port, ports) => startReplicate({ port, deliveryPort: ports['replicate-delivery'] }),
  seedance: (port, ports) => startSeedance({ port, deliveryPort: ports['seedance-delivery'] }),
  stripe: (port, _, dataDir) => startStripe({ port, dataDir }),
};

/** Starts every simulator. Rejects, with none left running, when one cannot start. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const ports = options.ports ?? {};
  const results = await Promise.allSettled(
    Object.entries(starters).map(([id, start]) => start(ports[id] ?? 0, ports, options.dataDir)),
  );
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const close = async () => {
    await Promise.all(running.map((simulator) => simulator.close()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  const urls = Object.assign({}, ...running.map(({ id, url, otherUrls }) => ({ [id]: url, ...otherUrls })));
  return { urls, close };
}

/**
 * As a process of its own: `--ports-file FILE` gets `{ id: url }` and `pid` when all are ready, `--ports JSON` wishes
 * for ports, as `{"openai":4010}`, `--data-dir DIR` as above, `--tied` ends it with its standard input or on SIGTERM.
 */
async function main(): Promise<void> {
  const argument = (name: string) => {
    const at = process.argv.indexOf(name);
    return at === -1 ? undefined : process.argv[at + 1];
  };
  const wished = argument('--ports');
  const sandbox = await startSandbox({
    dataDir: argument('--data-dir'),
    ports: wished === undefined ? {} : JSON.parse(wished),
  });
  const file = argument('--ports-file');
  if (file === undefined) console.log(JSON.stringify(sandbox.urls, null, 2));
  else {
    // Whole or absent: whoever waits for the file must not read half of it.
    writeFileSync(`${file}.part`, JSON.stringify({ ...sandbox.urls, pid: String(process.pid) }));
    renameSync(`${file}.part`, file);
  }
  const leave = () => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', leave);
  if (!process.argv.includes('--tied')) return;
  process.once('SIGTERM', leave);
  process.stdin.resume().once('end', leave).once('close', leave);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();

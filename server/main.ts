import { createServer } from 'node:net';
import { type Config, ConfigError, readConfig, unsaid } from './config.ts';
import { createRuns } from './generations/runs.ts';
import { openHouse } from './house.ts';
import { lockDataDir } from './lock.ts';
import { createLog, type Log } from './log.ts';
import { registerWithSimulator } from './payments/stripe-settings.ts';
import { givenTo } from './roles/modules-given.ts';
import { openWeb } from './roles/web.ts';
import { startWorker } from './roles/worker.ts';
import { readyProduction, readySandbox, type SandboxFile } from './seed.ts';
import { startSimulators } from './simulators.ts';

/** Starts the product as the environment says and stops it in order on SIGINT or SIGTERM. */
async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.LOG_LEVEL);
  for (const sentence of unsaid(config)) log.warn({}, sentence);
  const unlock = lockDataDir(config.dataDir);
  const { port, release } = await reservePort(config);
  const publicUrl =
    config.PUBLIC_URL?.replace(/\/$/, '') ??
    `${config.TLS_CERT_FILE === undefined ? 'http' : 'https'}://${config.HOST === '0.0.0.0' ? '127.0.0.1' : config.HOST}:${port}`;
  const simulators = await startSimulators(config);
  const house = await openHouse(config, publicUrl, simulators.urls, log);
  const runs = createRuns(house.parts);
  const given = givenTo(config, house, publicUrl, simulators.urls);
  let open = true;
  const ready =
    config.mode === 'sandbox'
      ? await readySandbox(config, house, given, publicUrl, simulators.urls)
      : await readyProduction(config, house, given);
  const web = config.roles.has('web')
    ? await openWeb(config, house, runs, given, publicUrl, simulators.urls, () => open)
    : null;
  await release();
  await web?.listen({ port, host: config.HOST });
  const worker = config.roles.has('worker') ? await startWorker(config, house, runs, given) : null;
  await registerWithSimulator(given.stripe, publicUrl);
  greet(config, publicUrl, given.sandboxed, ready ?? null);

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    open = false;
    log.info({ signal }, 'stopping');
    // Answers that are being written may end before their connections are closed.
    await runs.close();
    await web?.close();
    await worker?.stop();
    await house.close();
    await simulators.stop();
    unlock();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void stop(signal).catch((error) => giveUp(log, error)));
}

interface Reserved {
  port: number;
  /** Gives the port free for our own server. */
  release(): Promise<void>;
}

/**
 * The port asked for; where none was named and 3000 is taken, the next free one, which is said. It is held until we
 * listen: the simulators, which start in between, take any free port too.
 */
async function reservePort(config: Config): Promise<Reserved> {
  const last = config.PORT === 0 || config.portIsFixed ? config.PORT : config.PORT + 50;
  for (let port = config.PORT; port <= last; port++) {
    const reserved = await reserve(port, config.HOST);
    if (reserved === null) continue;
    if (port !== config.PORT) console.log(`Port ${config.PORT} is taken: using ${port}.`);
    return reserved;
  }
  throw new ConfigError(`Port ${config.PORT} is taken. Set PORT to a free one.`);
}

function reserve(port: number, host: string): Promise<Reserved | null> {
  return new Promise((resolve) => {
    // Whoever calls meanwhile is turned away: kept, the call would hold the port, and us, for as long as it waits.
    const probe = createServer((caller) => caller.destroy());
    probe.once('error', () => resolve(null));
    probe.listen(port, host, () => {
      const address = probe.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ port: bound, release: () => new Promise((done) => probe.close(() => done())) });
    });
  });
}

function greet(config: Config, url: string, sandboxed: string[], ready: SandboxFile | null) {
  console.log(`\nMluen is ready: ${url}`);
  if (ready === null) return;
  console.log(`
  Sandbox mode: no real money, no real provider. Simulated: ${sandboxed.join(', ')}.
  Member    ${ready.member.email}   ${ready.member.password}   (50.00 USD in the wallet)
  Staff     ${ready.staff.email}    ${ready.staff.password}   ${url}/console
  API key   ${ready.member.apiKey}   ${url}/v1
  All of this stands in ${config.DATA_DIR}/sandbox.json. Ctrl-C stops everything and keeps the data.
`);
}

function giveUp(log: Log, error: unknown): never {
  log.error({ err: error as Error }, 'could not go on');
  process.exit(1);
}

try {
  await main();
} catch (error) {
  // A setting that is wrong is told in words; anything else with its place.
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}

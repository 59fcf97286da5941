import { pathToFileURL } from 'node:url';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { PromptCache } from '../kit/prompt-cache.ts';
import { runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { serveFiles } from './files.ts';
import { type ClaudeSettings, countMessageTokens, createMessage } from './messages.ts';
import { claudeModels } from './models.ts';
import { headersOf, isAdmitted, newRequestId, refuse } from './refusals.ts';

export interface AnthropicOptions extends SimulatorOptions {
  /** Pause between the chunks of a stream; 10 ms when not given. */
  paceMs?: number;
}

/** Anthropic's API, versions 2023-06-01 and 2026-10-21. Any key that begins with `sk-ant-` is good. */
export function startAnthropic(options: AnthropicOptions = {}): Promise<Simulator> {
  const settings: ClaudeSettings = {
    paceMs: options.paceMs ?? 10,
    cache: new PromptCache(),
    files: new Map(),
  };
  return startSimulator(
    {
      id: 'anthropic',
      malformed: (exchange, why) => refuse(exchange, 400, why),
      handle: (exchange, world) => route(exchange, world, settings),
      control: {
        'POST /_control/pace': (body) => {
          settings.paceMs = Number((body as { paceMs: number }).paceMs);
          return { paceMs: settings.paceMs };
        },
      },
    },
    options,
  );
}

function route(exchange: Exchange, world: World, settings: ClaudeSettings): void | Promise<void> {
  const { method, path } = exchange;
  if (!isAdmitted(exchange)) return;
  if (method === 'POST' && path === '/v1/messages') return createMessage(exchange, world, settings);
  if (method === 'POST' && path === '/v1/messages/count_tokens') countMessageTokens(exchange);
  else if (/^\/v1\/files(\/|$)/.test(path)) return serveFiles(exchange, world, settings.files);
  else if (method === 'GET' && path === '/v1/models') listModels(exchange);
  else if (method === 'GET' && path.startsWith('/v1/models/'))
    showModel(exchange, path.slice('/v1/models/'.length));
  else refuse(exchange, 404, 'Not found');
}

function listModels(exchange: Exchange): void {
  const data = Object.keys(claudeModels).map(describe);
  sendJson(
    exchange,
    200,
    { data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id },
    headersOf(newRequestId()),
  );
}

function showModel(exchange: Exchange, id: string): void {
  if (claudeModels[id] === undefined) refuse(exchange, 404, `model: ${id}`);
  else sendJson(exchange, 200, describe(id), headersOf(newRequestId()));
}

function describe(id: string) {
  const traits = claudeModels[id]!;
  const yes = { supported: true };
  const no = { supported: false };
  return {
    id,
    type: 'model',
    display_name: traits.name,
    created_at: '2026-09-01T00:00:00Z',
    lifecycle: 'active',
    retires_at: null,
    deprecated_at: null,
    line: id.split('-')[1],
    max_input_tokens: traits.maxInputTokens,
    max_tokens: traits.maxOutputTokens,
    capabilities: {
      batch: yes,
      citations: yes,
      code_execution: yes,
      context_management: {
        supported: true,
        clear_thinking_20251015: yes,
        clear_tool_uses_20250919: yes,
        compact_20260112: yes,
      },
      effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: yes, max: yes },
      image_input: yes,
      pdf_input: yes,
      server_tools: { supported: false, code_execution: no, web_search: no },
      structured_outputs: yes,
      thinking: {
        supported: true,
        types: {
          adaptive: yes,
          between_tools: no,
          disabled: traits.thinking === 'always' ? no : yes,
          enabled: traits.takesBudget ? yes : no,
        },
      },
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startAnthropic);

/** A mail's words, as text and as HTML with the same content. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

export interface LetterParts {
  subject: string;
  /** One a paragraph, plain text. */
  lines: readonly string[];
  /** A code to type in, shown large. */
  code?: string;
  /** A page of ours to open. */
  link?: { label: string; url: string };
  /** Said small at the end: why the person gets this, what to do if it was not them. */
  footnote?: string;
}

/** Lays out a mail. Everything that is put in is escaped; a subject may hold no line break (ASVS 1.3.11). */
export function letter(parts: LetterParts): Letter {
  return {
    subject: parts.subject.replace(/[\r\n]+/g, ' '),
    text: textOf(parts),
    html: htmlOf(parts).markup,
  };
}

function textOf({ lines, code, link, footnote }: LetterParts): string {
  const blocks = [...lines];
  if (code !== undefined) blocks.push(code);
  if (link !== undefined) blocks.push(`${link.label}: ${link.url}`);
  if (footnote !== undefined) blocks.push('--', footnote);
  return `${blocks.join('\n\n')}\n`;
}

function htmlOf({ lines, code, link, footnote }: LetterParts): Markup {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="margin:0;padding:32px 16px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:480px;margin:0 auto">
<p style="font-weight:600">Mluen</p>
${lines.map((line) => html`<p>${line}</p>\n`)}${
  code === undefined ? [] : [html`<p style="font-size:32px;letter-spacing:8px;font-weight:600">${code}</p>\n`]
}${link === undefined ? [] : [html`<p><a href="${link.url}">${link.label}</a></p>\n`]}${
  footnote === undefined ? [] : [html`<p style="font-size:13px;opacity:.7">${footnote}</p>\n`]
}</div></body></html>`;
}

interface Markup {
  markup: string;
}

/** Markup with its values escaped; nested markup is taken as it is. */
function html(strings: TemplateStringsArray, ...values: (string | Markup[])[]): Markup {
  const filled = values.map((value) =>
    typeof value === 'string' ? escaped(value) : value.map(({ markup }) => markup).join(''),
  );
  return { markup: String.raw({ raw: strings }, ...filled) };
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
}

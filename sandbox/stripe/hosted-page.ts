import type { Exchange } from '../kit/exchange.ts';
import { type Account, nowOf } from './account.ts';
import type { StripeObject } from './books.ts';
import { pay } from './payment.ts';
import { expire } from './sessions.ts';

/** `/pay/:session`: the page on which a person pays. It works without scripts. */
export function showPage(exchange: Exchange, account: Account): void {
  const session = account.books.find(exchange.path.slice('/pay/'.length));
  if (session?.object !== 'checkout.session') {
    sendPage(exchange, 404, 'Nothing here', '<p>This payment page does not exist.</p>');
    return;
  }
  if (nowOf(account) >= Number(session.expires_at)) expire(account, session);
  if (session.status === 'complete') {
    redirect(exchange, successOf(session));
    return;
  }
  if (session.status !== 'open') {
    sendPage(
      exchange,
      410,
      'This page has expired',
      '<p>Go back to the shop and start again. You have not been charged.</p>',
    );
    return;
  }
  if (exchange.method === 'GET') {
    sendPage(exchange, 200, `Pay ${moneyOf(session)}`, formFor(session, null));
    return;
  }
  const fields = new URLSearchParams(exchange.body.toString('utf8'));
  if (fields.get('action') === 'cancel') {
    redirect(exchange, String(session.cancel_url ?? session.success_url));
    return;
  }
  const refusal = pay(account, session, {
    number: fields.get('number') ?? '',
    expiry: fields.get('expiry') ?? '',
    cvc: fields.get('cvc') ?? '',
    email: fields.get('email') || (session.customer_email as string | null),
    name: fields.get('name') || null,
  });
  account.books.keep();
  if (refusal === null) redirect(exchange, successOf(session));
  else sendPage(exchange, 402, `Pay ${moneyOf(session)}`, formFor(session, refusal));
}

function successOf(session: StripeObject): string {
  return String(session.success_url).replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

function redirect({ response }: Exchange, url: string): void {
  response.writeHead(303, { location: url });
  response.end();
}

const wholeCurrencies = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '));

function moneyOf({ amount_total, currency }: StripeObject): string {
  const amount = Number(amount_total);
  const shown = wholeCurrencies.has(String(currency)) ? String(amount) : (amount / 100).toFixed(2);
  return `${shown} ${String(currency).toUpperCase()}`;
}

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function formFor(session: StripeObject, refusal: string | null): string {
  const alert = refusal === null ? '' : `<p role="alert" id="refusal">${escapeHtml(refusal)}</p>`;
  const email = escapeHtml(String(session.customer_email ?? 'person@example.com'));
  return `<p>Simulated payment. No card is charged.</p>${alert}
<form method="post">
<label for="email">Email</label><input id="email" name="email" type="email" autocomplete="email" value="${email}">
<label for="number">Card number</label><input id="number" name="number" inputmode="numeric" autocomplete="cc-number" required value="4242 4242 4242 4242">
<div class="pair"><div><label for="expiry">Expiry</label><input id="expiry" name="expiry" autocomplete="cc-exp" placeholder="MM / YY" required value="12 / 34"></div>
<div><label for="cvc">CVC</label><input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" required value="123"></div></div>
<label for="name">Name on card</label><input id="name" name="name" autocomplete="cc-name" value="Sandbox Person">
<button name="action" value="pay">Pay</button>
<button name="action" value="cancel" formnovalidate class="quiet">Cancel</button>
</form>
<details><summary>Cards with a fate</summary><ul>
<li>4000 0000 0000 0002 is declined</li><li>4000 0000 0000 9995 has insufficient funds</li>
<li>4000 0000 0000 0259 is disputed at once</li><li>4000 0000 0000 1976 leads to an inquiry</li>
<li>4000 0000 0000 5423 brings a fraud warning</li><li>4000 0000 0000 7726 refunds later</li>
<li>4000 0000 0000 5126 fails to refund, later</li></ul></details>`;
}

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:24px;display:grid;place-items:center}
main{width:min(100%,380px)}h1{font-size:1.5rem}label{display:block;margin:12px 0 4px}input{width:100%;box-sizing:border-box;font:inherit;padding:10px;border:1px solid #767676;border-radius:6px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:12px}button{width:100%;font:inherit;font-weight:600;padding:12px;margin-top:16px;border:0;border-radius:6px;background:#1d4ed8;color:#fff}
button.quiet{background:none;color:inherit;border:1px solid #767676;margin-top:8px}[role=alert]{border-inline-start:4px solid #b91c1c;padding:8px 12px}details{margin-top:24px}`;

function sendPage({ response }: Exchange, status: number, title: string, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`,
  );
}

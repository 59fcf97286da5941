import type { Token, Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import classes from './markdown.module.css';
import { hostOf } from './safe-link.ts';

/** Words within a block. */
export function Inline({ tokens }: { tokens: Token[] }) {
  return tokens.map((token, place) => <Fragment key={String(place)}>{inlineOf(token)}</Fragment>);
}

function inlineOf(token: Token): ReactNode {
  switch (token.type) {
    case 'text':
      return 'tokens' in token && token.tokens ? <Inline tokens={token.tokens} /> : textOf(token);
    case 'escape':
      return textOf(token);
    case 'strong':
      return (
        <strong>
          <Inline tokens={(token as Tokens.Strong).tokens} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Inline tokens={(token as Tokens.Em).tokens} />
        </em>
      );
    case 'del':
      return (
        <del>
          <Inline tokens={(token as Tokens.Del).tokens} />
        </del>
      );
    case 'codespan':
      return (
        <code dir="ltr" className={classes.code}>
          {textOf(token)}
        </code>
      );
    case 'br':
      return <br />;
    case 'link':
      return <SafeLink link={token as Tokens.Link} />;
    case 'image':
      // A picture elsewhere would tell its host that this was read: only its words are shown.
      return <span>[{(token as Tokens.Image).text || hostOf((token as Tokens.Image).href)}]</span>;
    default:
      return token.raw;
  }
}

/** Where it leads is seen before it is pressed; anything but https and mailto stays text. */
function SafeLink({ link }: { link: Tokens.Link }) {
  const host = hostOf(link.href);
  if (host === null) return <>{link.raw}</>;
  const says = link.text.includes(host);
  return (
    <>
      <a href={link.href} target="_blank" rel="noreferrer nofollow">
        <Inline tokens={link.tokens} />
      </a>
      {says ? null : (
        <span className={classes.host}>
          {' '}
          (<bdi dir="ltr">{host}</bdi>)
        </span>
      )}
    </>
  );
}

/** Marked leaves character references of the source in place; they are the writer's, not markup. */
function textOf(token: Token): string {
  return (token as Tokens.Text).text;
}

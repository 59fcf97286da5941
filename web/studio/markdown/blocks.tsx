import { lexer, type Token, type Tokens } from 'marked';
import { memo } from 'react';
import { CodeBlock } from './code-block.tsx';
import { Inline } from './inline.tsx';
import classes from './markdown.module.css';

/**
 * A model's words as elements of our own: HTML stays text, links show their host, pictures of others are not
 * fetched. Each block is drawn once, so a long answer stays quick while it is written.
 */
export function Blocks({ text }: { text: string }) {
  return (
    <div className={classes.markdown}>
      {lexer(text).map((token, place) => (
        // Blocks only ever grow at the end: their place is their name.
        <Block key={String(place)} raw={token.raw} token={token} />
      ))}
    </div>
  );
}

const Block = memo(
  ({ token }: { raw: string; token: Token }) => <BlockOf token={token} />,
  (before, after) => before.raw === after.raw,
);

function BlockOf({ token }: { token: Token }) {
  switch (token.type) {
    case 'paragraph':
    case 'text':
      return (
        <p dir="auto">
          <Inline tokens={(token as Tokens.Paragraph).tokens ?? [token]} />
        </p>
      );
    case 'heading':
      return (
        // One size for all: an answer is no document with a table of contents.
        <h3 dir="auto" className={classes.heading}>
          <Inline tokens={(token as Tokens.Heading).tokens} />
        </h3>
      );
    case 'code':
      return <CodeBlock code={(token as Tokens.Code).text} language={(token as Tokens.Code).lang} />;
    case 'list':
      return <List list={token as Tokens.List} />;
    case 'blockquote':
      return (
        <blockquote dir="auto">
          {(token as Tokens.Blockquote).tokens.map((inner, place) => (
            <BlockOf key={String(place)} token={inner} />
          ))}
        </blockquote>
      );
    case 'table':
      return <TableOf table={token as Tokens.Table} />;
    case 'hr':
      return <hr />;
    case 'html':
      return <p dir="auto">{token.raw}</p>;
    default:
      return null;
  }
}

function List({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, place) => (
    <li key={String(place)} dir="auto">
      {item.task ? <input type="checkbox" checked={item.checked ?? false} disabled aria-hidden /> : null}
      {item.tokens.map((inner, at) =>
        inner.type === 'text' ? (
          <Inline key={String(at)} tokens={(inner as Tokens.Text).tokens ?? [inner]} />
        ) : (
          <BlockOf key={String(at)} token={inner} />
        ),
      )}
    </li>
  ));
  return list.ordered ? (
    <ol start={Number(list.start) || 1} dir="auto">
      {items}
    </ol>
  ) : (
    <ul dir="auto">{items}</ul>
  );
}

function TableOf({ table }: { table: Tokens.Table }) {
  return (
    <div className={classes.scroll}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, place) => (
              <th key={String(place)} dir="auto" scope="col">
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, place) => (
            <tr key={String(place)}>
              {row.map((cell, at) => (
                <td key={String(at)} dir="auto">
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

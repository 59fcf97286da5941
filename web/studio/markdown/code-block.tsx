import { Trans } from '@lingui/react/macro';
import { Button, CopyButton } from '@mantine/core';
import classes from './markdown.module.css';

/** Code as it was written, from left to right in every language, with a way to copy it. */
export function CodeBlock({ code, language }: { code: string; language: string | undefined }) {
  return (
    <div className={classes.block} dir="ltr">
      <div className={classes.blockHead}>
        <span>{language}</span>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button variant="subtle" size="compact-xs" onClick={copy}>
              {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
            </Button>
          )}
        </CopyButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </div>
  );
}

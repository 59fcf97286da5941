import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { GenerationSummary } from '#contract/generations.ts';
import classes from './create.module.css';

type Output = GenerationSummary['outputs'][number];

interface OutputsProps {
  run: GenerationSummary;
  /** It plays already, since it was heard while it was made: no second player beside that. */
  isHeard?: boolean;
}

/** What came out, each with its download. Nothing plays by itself. */
export function Outputs({ run, isHeard = false }: OutputsProps) {
  if (run.outputs.length === 0) return null;
  return (
    <div className={classes.outputs}>
      {run.outputs.map((output) => (
        <figure key={output.index} className={classes.output}>
          {isHeard && output.kind === 'audio' ? null : <Medium output={output} title={run.title} />}
          <Button
            component="a"
            href={`${output.url}?download`}
            download
            mt="xs"
            size="xs"
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.75} aria-hidden />}
          >
            <Trans>Download</Trans>
          </Button>
        </figure>
      ))}
    </div>
  );
}

function Medium({ output, title }: { output: Output; title: string }) {
  const { t } = useLingui();
  const size = output.width && output.height ? { width: output.width, height: output.height } : {};
  switch (output.kind) {
    case 'image':
      return (
        <a href={output.url} target="_blank" rel="noreferrer" aria-label={t`Open the picture`}>
          <img src={output.url} alt={title} loading="lazy" {...size} />
        </a>
      );
    case 'video':
      return <video src={output.url} aria-label={title} controls preload="metadata" playsInline {...size} />;
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: the words that are spoken stand above
      return <audio src={output.url} aria-label={title} controls preload="metadata" />;
    case 'file':
      return <span>{output.mediaType}</span>;
  }
}

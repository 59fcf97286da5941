import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, FileButton, Loader, Switch } from '@mantine/core';
import {
  IconAlertTriangle,
  IconFile,
  IconFileText,
  IconMovie,
  IconMusic,
  IconPaperclip,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { bytesText } from '../../ui/when.tsx';
import classes from './attachments.module.css';

interface ChipProps {
  name: string;
  bytes?: number;
  /** Of an upload that is there: shows the picture itself. */
  id?: string;
  mediaType?: string;
  state?: 'sending' | 'there' | 'refused';
  /** What is to be said of it: why it was refused, what was changed, where it goes. */
  note?: ReactNode;
  onRemove?: () => void;
}

/** One file: what it looks like or is, its name and size, what is to be said of it, and how to be rid of it. */
export function Chip({ name, bytes, id, mediaType, state = 'there', note, onRemove }: ChipProps) {
  const { t } = useLingui();
  return (
    <li className={classes.chip} data-state={state}>
      <span className={classes.face} aria-hidden>
        <Face id={id} mediaType={mediaType} state={state} />
      </span>
      <span className={classes.words}>
        <bdi className={classes.name} title={name}>
          {name}
        </bdi>
        <span className={classes.note}>
          {bytes === undefined ? null : bytesText(bytes)}
          {note ? <> · {note}</> : null}
        </span>
      </span>
      {onRemove ? (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={t`Remove ${name}`}
          onClick={(event) => {
            keepFocus(event.currentTarget);
            onRemove();
          }}
        >
          <IconX size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      ) : null}
    </li>
  );
}

function Face({ id, mediaType = '', state }: Pick<ChipProps, 'id' | 'mediaType' | 'state'>) {
  if (state === 'sending') return <Loader size={18} />;
  const look = { size: 20, stroke: 1.75 };
  if (state === 'refused') return <IconAlertTriangle {...look} />;
  if (id !== undefined && mediaType.startsWith('image/'))
    return <img src={`/api/files/${id}`} alt="" className={classes.thumb} />;
  if (mediaType.startsWith('audio/')) return <IconMusic {...look} />;
  if (mediaType.startsWith('video/')) return <IconMovie {...look} />;
  return mediaType.startsWith('text/') ? <IconFileText {...look} /> : <IconFile {...look} />;
}

/** The button goes with its chip: focus moves on to the next one, or back to the words. */
function keepFocus(button: HTMLElement): void {
  const list = button.closest('ul');
  const form = button.closest('form');
  requestAnimationFrame(() => {
    const next = list?.isConnected ? list.querySelector('button') : null;
    (next ?? form?.querySelector('textarea'))?.focus();
  });
}

export function Chips({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.chips} aria-label={label}>
      {children}
    </ul>
  );
}

/** Camera and place were taken out of a picture; whoever wants them in it says so here. */
export function KeepSwitch({
  name,
  keeps,
  onChange,
}: {
  name: string;
  keeps: boolean;
  onChange: (keeps: boolean) => void;
}) {
  const { t } = useLingui();
  return (
    <Switch
      size="xs"
      className={classes.keep}
      checked={keeps}
      label={<Trans>Keep camera and location</Trans>}
      aria-label={t`Keep camera and location data in ${name}`}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

interface AttachButtonProps {
  /** What may be attached, in words. */
  taken: string;
  accept?: string;
  onFiles: (files: File[]) => void;
}

export function AttachButton({ taken, accept, onFiles }: AttachButtonProps) {
  const { t } = useLingui();
  const words = t`Attach ${taken}`;
  return (
    <FileButton multiple accept={accept} onChange={onFiles}>
      {(props) => (
        <ActionIcon {...props} variant="default" size={36} aria-label={words} title={words}>
          <IconPaperclip size={20} stroke={1.75} aria-hidden />
        </ActionIcon>
      )}
    </FileButton>
  );
}

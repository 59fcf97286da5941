import { useLingui } from '@lingui/react/macro';
import { useMemo } from 'react';
import type { Model } from '#contract/catalogue.ts';
import { isHopeless, takenWords, takesType } from './accepted.ts';
import classes from './attachments.module.css';
import { Chip, Chips, KeepSwitch } from './chips.tsx';
import { type Attachment, hadPlace, useAttachments } from './uploads.ts';

/** The files of the next message, judged by the model that it goes to. */
export function useMessageFiles(model: Model) {
  const { t, i18n } = useLingui();
  const taken = takenWords(model.accepts, i18n);
  const { name } = model;
  const notTaken = t`${name} takes ${taken}`;
  const given = useAttachments((file) => (isHopeless(model.accepts, file) ? notTaken : undefined));
  const whyNot = ({ state, why, file }: Attachment): string | undefined => {
    if (state === 'refused') return why === '' ? t`could not be uploaded` : why;
    return file === undefined || takesType(model.accepts, file.mediaType) ? undefined : notTaken;
  };
  const refused = given.items.some((one) => whyNot(one) !== undefined);
  const sending = given.items.some(({ state }) => state === 'sending');
  const files = useMemo(() => given.items.flatMap(({ file }) => file ?? []), [given.items]);
  return { ...given, whyNot, taken, files, isReady: !refused && !sending };
}

/** What stands above the words of a message that has files. */
export function MessageFiles(props: ReturnType<typeof useMessageFiles>) {
  const { t } = useLingui();
  const { items, whyNot, remove, keep } = props;
  return (
    <>
      {items.length === 0 ? null : (
        <Chips label={t`Attached files`}>
          {[...items]
            .sort((one, other) => refusedFirst(whyNot(one), whyNot(other)))
            .map((one) => {
              const why = whyNot(one);
              const wasStripped =
                one.file !== undefined && hadPlace({ keeps: one.keeps, changes: one.file.changes });
              return (
                <Chip
                  key={one.key}
                  name={one.name}
                  bytes={one.bytes}
                  id={one.file?.id}
                  mediaType={one.file?.mediaType}
                  state={why === undefined ? one.state : 'refused'}
                  note={
                    why ??
                    (wasStripped && one.state === 'there' ? (
                      <>
                        {one.file?.changes.join(', ')}
                        <KeepSwitch
                          name={one.name}
                          keeps={one.keeps}
                          onChange={(keeps) => keep(one.key, keeps)}
                        />
                      </>
                    ) : (
                      one.file?.changes.join(', ')
                    ))
                  }
                  onRemove={() => remove(one.key)}
                />
              );
            })}
        </Chips>
      )}
      <Told items={items} whyNot={whyNot} />
    </>
  );
}

/** What stands in the way comes first: on a phone the list is short. */
const refusedFirst = (one: string | undefined, other: string | undefined): number =>
  Number(one === undefined) - Number(other === undefined);

/** What a screen reader hears as files arrive. */
function Told({ items, whyNot }: Pick<ReturnType<typeof useMessageFiles>, 'items' | 'whyNot'>) {
  const { t } = useLingui();
  const last = items.at(-1);
  const why = last && whyNot(last);
  const name = last?.name ?? '';
  const words =
    last === undefined || last.state === 'sending'
      ? ''
      : why === undefined
        ? t`${name} attached`
        : t`${name} was not attached: ${why}`;
  return (
    <div role="status" className={classes.hidden}>
      {words}
    </div>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Badge, NativeSelect, SegmentedControl } from '@mantine/core';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type QueuePage as Listed, listQueue, type QueueTicket, Topic } from '#contract/support.ts';
import { call } from '../../call.ts';
import { Page } from '../../ui/page.tsx';
import { Empty, Waiting } from '../../ui/states.tsx';
import { When } from '../../ui/when.tsx';
import consoleClasses from '../console.module.css';
import { MoreButton } from '../more-button.tsx';
import { Refusal } from '../refusal.tsx';
import { Age } from './age.tsx';
import classes from './support.module.css';
import { queueWords } from './words.ts';

type State = 'waiting' | 'answered' | 'closed';

const queueQuery = (state: State, topic: Topic | undefined) =>
  infiniteQueryOptions({
    queryKey: ['console', 'support', state, topic],
    queryFn: ({ pageParam }) => call(listQueue, { state, topic, before: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 30_000,
  });

/** What waits for an answer, the most urgent first. */
export function SupportPage() {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const { topic, state = 'waiting' } = useSearch({ strict: false }) as { topic?: Topic; state?: State };
  const pages = useInfiniteQuery(queueQuery(state, topic));
  const first = pages.data?.pages[0];
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const look = (search: { topic?: Topic; state?: State }) =>
    void navigate({ to: '/support', search: { topic, state, ...search } } as never);
  return (
    <Page title={t`Support`}>
      <Refusal error={pages.error} onRetry={() => void pages.refetch()} />
      {first === undefined ? null : <Queues page={first} />}
      <div className={classes.filters}>
        <SegmentedControl
          aria-label={t`State`}
          value={state}
          onChange={(value) => look({ state: value as State })}
          data={[
            { value: 'waiting', label: t`Waiting` },
            { value: 'answered', label: t`Answered` },
            { value: 'closed', label: t`Closed` },
          ]}
        />
        <NativeSelect
          aria-label={t`Queue`}
          value={topic ?? ''}
          onChange={(event) => look({ topic: Topic.safeParse(event.currentTarget.value).data })}
          data={[
            { value: '', label: t`All queues` },
            ...Topic.options.map((value) => ({ value, label: i18n._(queueWords[value]) })),
          ]}
        />
      </div>
      {pages.isPending ? <Waiting what={<Trans>the queue</Trans>} rows={8} height={40} /> : null}
      {first !== undefined && items.length === 0 ? (
        <Empty title={<Trans>Nothing here</Trans>}>
          <Trans>Messages from the contact page arrive here.</Trans>
        </Empty>
      ) : null}
      {items.length === 0 ? null : <Tickets items={items} />}
      <MoreButton pages={pages} />
    </Page>
  );
}

function Queues({ page }: { page: Listed }) {
  const { i18n } = useLingui();
  return (
    <>
      {page.overdue === 0 ? null : (
        <Alert color="danger" mb="md">
          <Trans>
            Requests about data that are overdue: {page.overdue}. The law wanted an answer already.
          </Trans>
        </Alert>
      )}
      <dl className={consoleClasses.figures}>
        {page.queues.map(({ topic, waiting, oldest }) => (
          <div
            key={topic}
            className={consoleClasses.figure}
            data-alarm={(topic === 'security' || topic === 'child') && waiting > 0 ? true : undefined}
          >
            <dt>{i18n._(queueWords[topic])}</dt>
            <dd>{waiting}</dd>
            <dd className={classes.oldest}>
              {oldest === null ? (
                <Trans>none waits</Trans>
              ) : (
                <Trans>
                  oldest <Age since={oldest} />
                </Trans>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Tickets({ items }: { items: QueueTicket[] }) {
  const { t, i18n } = useLingui();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
    <section className={consoleClasses.scroll} aria-label={t`Conversations`} tabIndex={0}>
      <table className={consoleClasses.table}>
        <thead>
          <tr>
            <th scope="col">{t`Queue`}</th>
            <th scope="col">{t`From`}</th>
            <th scope="col">{t`Opened`}</th>
            <th scope="col">{t`Waits`}</th>
            <th scope="col">{t`Due by law`}</th>
            <th scope="col">{t`Looked after by`}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((ticket) => (
            <tr key={ticket.id}>
              <td>
                <Link to={`/support/${ticket.id}` as never} className={classes.open}>
                  {i18n._(queueWords[ticket.topic])}{' '}
                  <span className={classes.number}>{ticket.id.slice(-6)}</span>
                </Link>
              </td>
              <td>{ticket.isMember ? t`Member` : t`Visitor`}</td>
              <td>
                <When at={ticket.openedAt} />
              </td>
              <td>{ticket.waitingSince === null ? '–' : <Age since={ticket.waitingSince} />}</td>
              <td>
                <Due ticket={ticket} />
              </td>
              <td dir="auto">{ticket.assignedTo?.name ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Due({ ticket }: { ticket: QueueTicket }) {
  if (ticket.dueAt === null) return '–';
  return (
    <>
      <When at={ticket.dueAt} only="date" />{' '}
      {ticket.isOverdue ? (
        <Badge color="danger">
          <Trans>Overdue</Trans>
        </Badge>
      ) : null}
      {ticket.isDueSoon ? (
        <Badge color="held">
          <Trans>Soon</Trans>
        </Badge>
      ) : null}
    </>
  );
}

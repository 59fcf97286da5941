import { Trans, useLingui } from '@lingui/react/macro';
import { LinkButton } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';

/** No such page, or not this person's: both look alike. */
export function MissingPage() {
  const { t } = useLingui();
  return (
    <Page title={t`Nothing here`} bare width="text">
      <Empty
        title={<Trans>Nothing here</Trans>}
        action={
          <LinkButton to="/" variant="default">
            <Trans>Go to the start</Trans>
          </LinkButton>
        }
      >
        <Trans>This address leads nowhere, or to something that is not yours.</Trans>
      </Empty>
    </Page>
  );
}

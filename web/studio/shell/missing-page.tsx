import { Trans, useLingui } from '@lingui/react/macro';
import { LinkButton } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';

/** No such page, or not this person's: both look alike. */
export function MissingPage() {
  const { t } = useLingui();
  return (
    <Page title={t`Nothing here`} width="text">
      <Empty
        title={<Trans>The address is wrong, or it is not yours</Trans>}
        action={
          <LinkButton to="/" variant="default">
            <Trans>Go to the start</Trans>
          </LinkButton>
        }
      >
        <Trans>Both look the same from here, so that nobody learns what others have.</Trans>
      </Empty>
    </Page>
  );
}

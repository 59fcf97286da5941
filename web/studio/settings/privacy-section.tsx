import { Trans } from '@lingui/react/macro';
import { LinkText } from '../../ui/link.tsx';
import { AuthorityCard } from '../privacy/authorities.tsx';
import { MarketingCard } from '../privacy/marketing-card.tsx';
import { ObjectionCard } from '../privacy/objection-card.tsx';
import { RestrictionCard } from '../privacy/restriction-card.tsx';
import { ErasureCard } from './erasure-card.tsx';
import { ExportCard } from './export-card.tsx';
import { RoutingCard } from './routing-card.tsx';
import { Section } from './section.tsx';

/** Where data may go, what we hold, and how to take it along or have it erased. */
export function PrivacySection() {
  return (
    <>
      <RoutingCard />
      <ExportCard />
      <MarketingCard />
      <RestrictionCard />
      <ObjectionCard />
      <ErasureCard />
      <AuthorityCard />
      <Section title={<Trans>Read more</Trans>}>
        <Trans>
          The{' '}
          <LinkText to="/legal/$document" params={{ document: 'privacy' }}>
            privacy policy
          </LinkText>
          , <LinkText to="/legal/subprocessors">who works for us</LinkText>, and{' '}
          <LinkText to="/legal/cookies">everything that we store in your browser</LinkText>. Where the data of
          one run went stands on the page of that run, in the history.
        </Trans>
      </Section>
    </>
  );
}

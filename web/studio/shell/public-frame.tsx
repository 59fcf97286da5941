import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { LinkButton } from '../../ui/link.tsx';
import { systemQuery } from '../../ui/strips.tsx';
import { Brand } from './brand.tsx';
import classes from './shell.module.css';

/** What a visitor sees around a page. */
export function PublicFrame({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  return (
    <div className={classes.public}>
      <header className={classes.publicBar}>
        <Link to="/" className={classes.brand} aria-label="Mluen">
          <Brand />
        </Link>
        <nav className={classes.publicLinks} aria-label={t`Main`}>
          <Link to="/models" className={classes.quietLink}>
            <Trans>Models</Trans>
          </Link>
          <Link to="/pricing" className={classes.quietLink}>
            <Trans>Pricing</Trans>
          </Link>
        </nav>
        <LinkButton to="/sign-in" variant="subtle" size="sm">
          <Trans>Sign in</Trans>
        </LinkButton>
        <LinkButton to="/sign-up" variant="default" size="sm" className={classes.wideOnly}>
          <Trans>Create account</Trans>
        </LinkButton>
      </header>
      <main id="main" tabIndex={-1} className={classes.publicMain}>
        {children}
      </main>
      <Footer />
    </div>
  );
}

function Footer() {
  const { t } = useLingui();
  const operator = useQuery(systemQuery).data?.operator;
  return (
    <footer className={classes.footer}>
      <span>{operator ? <Trans>Run by {operator}</Trans> : 'Mluen'}</span>
      <nav className={classes.footerLinks} aria-label={t`About Mluen`}>
        <Link to="/models" className={classes.quietLink}>
          <Trans>Models</Trans>
        </Link>
        <Link to="/pricing" className={classes.quietLink}>
          <Trans>Pricing</Trans>
        </Link>
        <Link to="/legal/$document" params={{ document: 'terms' }} className={classes.quietLink}>
          <Trans>Terms</Trans>
        </Link>
        <Link to="/legal/$document" params={{ document: 'privacy' }} className={classes.quietLink}>
          <Trans>Privacy</Trans>
        </Link>
        <Link to="/legal/cookies" className={classes.quietLink}>
          <Trans>Cookies</Trans>
        </Link>
        <Link to="/status" className={classes.quietLink}>
          <Trans>Status</Trans>
        </Link>
        <Link to="/contact" className={classes.quietLink}>
          <Trans>Contact</Trans>
        </Link>
      </nav>
    </footer>
  );
}

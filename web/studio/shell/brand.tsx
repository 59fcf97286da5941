import classes from './shell.module.css';

/** The sign, and the name where there is room for it. */
export function Brand({ compact }: { compact?: boolean }) {
  return (
    <>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" className={classes.sign}>
        <rect width="32" height="32" rx="8" />
        <path d="M8 23V9l8 9 8-9v14" />
      </svg>
      {compact ? null : <span className={classes.name}>Mluen</span>}
    </>
  );
}

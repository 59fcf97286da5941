import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';
import { PageTitle } from './states.tsx';

interface PageProps {
  /** Names the page in the tab and, unless `bare`, in its heading. */
  title: string;
  aside?: ReactNode;
  /** `form` 480 px, `text` 720 px, `wide` 1080 px, `full` all there is. */
  width?: 'form' | 'text' | 'wide' | 'full';
  /** The page writes its own heading. */
  bare?: true;
  children: ReactNode;
}

/** A page in the middle column of the shell. */
export function Page({ title, aside, width = 'wide', bare, children }: PageProps) {
  useDocumentTitle(title);
  return (
    <div className={classes.page} data-width={width}>
      {bare ? null : <PageTitle aside={aside}>{title}</PageTitle>}
      {children}
    </div>
  );
}

export function useDocumentTitle(title: string): void {
  // The tab's title is outside React's tree.
  useEffect(() => {
    document.title = `${title} · Mluen`;
  }, [title]);
}

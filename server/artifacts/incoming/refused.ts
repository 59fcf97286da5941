/**
 * Why a file is not taken in. `unknown`: of no kind that is taken; `broken`: cut short or damaged; `too-large`: more
 * pixels, pages, frames or words than are taken; `unsafe`: made to harm whoever opens it, or able to.
 */
export class FileRefused extends Error {
  override name = 'FileRefused';
  readonly why: 'unknown' | 'broken' | 'too-large' | 'unsafe';

  constructor(why: FileRefused['why'], detail: string) {
    super(detail);
    this.why = why;
  }
}

export const broken = (what: string): FileRefused =>
  new FileRefused('broken', `This ${what} is cut short or damaged. Save it again and upload that.`);

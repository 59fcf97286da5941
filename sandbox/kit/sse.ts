/** The `data:` of each frame of a server-sent stream, for tests. */
export function dataOf(stream: string): string[] {
  return stream
    .split('\n\n')
    .flatMap((frame) => frame.split('\n'))
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
}

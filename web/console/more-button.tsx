import { Trans } from '@lingui/react/macro';
import { Button, Group } from '@mantine/core';

interface MoreButtonProps {
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
}

/** The next page of a list by key. */
export function MoreButton({ pages }: MoreButtonProps) {
  if (!pages.hasNextPage) return null;
  return (
    <Group justify="center" mt="md">
      <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        <Trans>Show older ones</Trans>
      </Button>
    </Group>
  );
}

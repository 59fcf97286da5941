import { Trans, useLingui } from '@lingui/react/macro';
import { Radio, Stack, useMantineColorScheme } from '@mantine/core';
import { languages } from '../../ui/language.ts';
import { readPrefs, writePrefs } from '../../ui/prefs.ts';
import { Section } from './section.tsx';

/** Colours and language. Kept in this browser only. */
export function AppearanceSection() {
  return (
    <>
      <Colours />
      <Language />
    </>
  );
}

function Colours() {
  const { t } = useLingui();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title={<Trans>Colours</Trans>} lead={<Trans>Kept in this browser.</Trans>}>
      <Radio.Group
        aria-label={t`Colours`}
        value={colorScheme}
        onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
      >
        <Stack gap="sm">
          <Radio value="auto" label={t`As the device`} />
          <Radio value="light" label={t`Light`} />
          <Radio value="dark" label={t`Dark`} />
        </Stack>
      </Radio.Group>
    </Section>
  );
}

function Language() {
  const { t } = useLingui();
  function change(language: string) {
    writePrefs({ language });
    // Dates, sums and the direction of the page follow the language: the page starts anew with it.
    location.assign(location.pathname);
  }
  return (
    <Section title={<Trans>Language</Trans>}>
      <Radio.Group aria-label={t`Language`} defaultValue={readPrefs().language} onChange={change}>
        <Stack gap="sm">
          {languages.map(({ code, name }) => (
            <Radio key={code} value={code} label={<bdi>{name}</bdi>} />
          ))}
        </Stack>
      </Radio.Group>
    </Section>
  );
}

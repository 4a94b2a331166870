import { MantineProvider } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { preferredColorScheme } from './color-scheme.ts';
import { cssVariablesResolver, theme } from './theme.ts';

type Props = {
  children: ReactNode;
  /** Leave out to follow the system and the person's stored choice. */
  forceColorScheme?: 'light' | 'dark' | undefined;
  /** `test` switches transitions and portals off, so that tests see the end state at once. */
  env?: 'default' | 'test';
};

export function UiProvider({ children, forceColorScheme, env = 'default' }: Props) {
  const [manager] = useState(preferredColorScheme);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      colorSchemeManager={manager}
      env={env}
      {...(forceColorScheme ? { forceColorScheme } : {})}
    >
      {children}
    </MantineProvider>
  );
}

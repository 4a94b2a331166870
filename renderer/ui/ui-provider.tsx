import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { cssVariablesResolver, theme } from './theme.ts';

type Props = {
  children: ReactNode;
  /** Leave out to follow the system and the person's stored choice. */
  forceColorScheme?: 'light' | 'dark' | undefined;
  /** `test` switches transitions and portals off, so that tests see the end state at once. */
  env?: 'default' | 'test';
};

export function UiProvider({ children, forceColorScheme, env = 'default' }: Props) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      env={env}
      {...(forceColorScheme ? { forceColorScheme } : {})}
    >
      {children}
    </MantineProvider>
  );
}

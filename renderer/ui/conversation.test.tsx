import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Conversation, type TurnShape } from './conversation.tsx';

const turn = (role: TurnShape['role'], content: string): TurnShape => ({ role, content });

describe('a conversation', () => {
  it('names who said what, and which turn is to be answered', () => {
    render(
      <Conversation
        turns={[
          turn('system', 'Answer briefly.'),
          turn('user', 'First?'),
          turn('assistant', '**Bold** answer.'),
          turn('user', 'Last?'),
        ]}
      />,
    );
    expect(screen.getAllByRole('heading').map((heading) => heading.textContent)).toEqual([
      'Instruction to the assistant',
      'Asked before',
      'Assistant answered',
      'Question to answer',
    ]);
    expect(screen.getByText('Bold').tagName).toBe('STRONG');
    expect(screen.getByText('Last?').closest('[data-asked]')).not.toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('begins with the newest turns of a long one, and opens the others', async () => {
    const user = userEvent.setup();
    const turns = Array.from({ length: 9 }, (_, n) => turn(n % 2 === 0 ? 'user' : 'assistant', `Turn ${n}`));
    render(<Conversation turns={turns} />);
    expect(screen.queryByText('Turn 5')).toBeNull();
    expect(screen.getByText('Turn 6')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show 6 earlier turns' }));
    expect(screen.getByText('Turn 0')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Fold 6 earlier turns' }));
    expect(screen.queryByText('Turn 0')).toBeNull();
  });
});

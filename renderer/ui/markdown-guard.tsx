import { Component, type ReactNode } from 'react';
import classes from './markdown.module.css';

/** A part of a text that cannot be laid out, letter for letter, with a word about it. */
export function AsWritten({ source }: { source: string }) {
  return (
    <div className={classes.asWritten}>
      <p className={classes.asWrittenNote}>This part is shown as it was written, without layout.</p>
      <p className={classes.asWrittenText} dir="auto">
        {source}
      </p>
    </div>
  );
}

type Props = { source: string; children: ReactNode };

/** One part that breaks the layout costs its layout, never its words and never the screen. */
export class MarkdownGuard extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidUpdate(before: Props) {
    if (before.source !== this.props.source && this.state.failed) this.setState({ failed: false });
  }

  override render() {
    return this.state.failed ? <AsWritten source={this.props.source} /> : this.props.children;
  }
}

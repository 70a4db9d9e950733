import { render } from 'preact';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/views.css';
import { ask, session, type Session } from './base/api';
import { followLinks } from './base/router';
import { Console } from './console';

document.addEventListener('click', followLinks);
ask<Session>('session').then(
  (who) => { session.value = who; },
  () => { session.value = null; });
render(<Console />, document.getElementById('console')!);

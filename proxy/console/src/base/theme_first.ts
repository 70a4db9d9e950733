// Runs before the first paint, so that nobody who chose dark sees a white flash.
import { applyTheme, readTheme } from './theme';

applyTheme(readTheme());

// The frame: menus, theme, toasts, shortcuts, palette, dialogs, list keys. Every act here also works without it.
import { startDialogs } from "./dialog.js";
import { startKeys } from "./keys.js";
import { startLook } from "./look.js";
import { startMenus } from "./menu.js";
import { startPalette } from "./palette.js";
import { startSession } from "./session.js";
import { startToasts } from "./toast.js";

startMenus();
startLook();
startSession();
startToasts();
startDialogs();
startPalette();
startKeys();

// The field portal. Every page also works without this: forms then go straight to the server.
import { startDay } from "./day.js";
import { startForms } from "./form.js";
import { startOffline } from "./offline.js";
import { flush, startOutbox } from "./outbox.js";
import { startReading } from "./reading.js";
import { startStrip } from "./strip.js";
import { startWaiting } from "./waiting.js";

startStrip();
startForms();
startOutbox();
startDay();
startWaiting();
startReading();
startOffline();
flush();

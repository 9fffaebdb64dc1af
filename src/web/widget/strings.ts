export type Language = 'es' | 'en';

export interface Words {
  title: string;
  subtitle: string;
  close: string;
  restart: string;
  restartConfirm: string;
  restartYes: string;
  restartNo: string;
  connecting: string;
  reconnecting: string;
  offline: string;
  noScript: string;
  placeholder: string;
  preparing: (percent: number | null) => string;
  privacy: string;
}

export const words: Record<Language, Words> = {
  es: {
    title: 'Alma',
    subtitle: 'Centro Médico Los Aromos',
    close: 'Cerrar el chat',
    restart: 'Empezar otra conversación',
    restartConfirm: '¿Empezar otra conversación? La de ahora dejará de verse en este equipo.',
    restartYes: 'Empezar otra',
    restartNo: 'Seguir con esta',
    connecting: 'Conectando…',
    reconnecting: 'Se cortó la conexión. Volviendo a conectar…',
    offline: 'No hay conexión con la clínica. Seguimos intentando; no se pierde nada.',
    noScript: 'No se pudo cargar el chat. Recargue la página, por favor.',
    placeholder: 'Escriba su mensaje',
    preparing: percent => (percent === null ? 'Alma se está preparando; puede escribir y le responderá en un momento.' : `Alma se está preparando (${percent} %); puede escribir y le responderá en un momento.`),
    privacy: 'Asistente automática. En una urgencia llame al 131.',
  },
  en: {
    title: 'Alma',
    subtitle: 'Centro Médico Los Aromos',
    close: 'Close the chat',
    restart: 'Start another conversation',
    restartConfirm: 'Start another conversation? This one will no longer show on this device.',
    restartYes: 'Start another',
    restartNo: 'Keep this one',
    connecting: 'Connecting…',
    reconnecting: 'The connection was lost. Reconnecting…',
    offline: 'The clinic cannot be reached. We keep trying; nothing is lost.',
    noScript: 'The chat could not be loaded. Please reload the page.',
    placeholder: 'Write your message',
    preparing: percent => (percent === null ? 'Alma is getting ready; you can write and will be answered in a moment.' : `Alma is getting ready (${percent} %); you can write and will be answered in a moment.`),
    privacy: 'Automatic assistant. In an emergency call 131.',
  },
};

/* `zevenstem report notify`: the texts for those who asked to hear what came of a round. */
#ifndef ZEVENSTEM_CMD_REPORT_NOTIFY_H
#define ZEVENSTEM_CMD_REPORT_NOTIFY_H

/* Writes email.nl.txt, brief.en.txt and so on into a new folder. config may be NULL. Gives the exit status.
 */
int report_notify(const char *round_code, const char *folder, const char *config);

#endif

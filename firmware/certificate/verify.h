/* `kiosk verify QRTEXT --key KEYS.jwk [--record RECORD.json]`: anybody can check a certificate,
 * also offline. Exit status 0 genuine, 1 not genuine and which part, 2 usage or unreadable key. */
#pragma once

int verify_command(int argc, char **argv);

/* meter: what the api shows of itself to Prometheus. From any thread, unless it says otherwise. */
#ifndef API_METER_H
#define API_METER_H

#include <stdbool.h>
#include <stdint.h>

void meter_open(void);
int64_t meter_now_us(void); /* monotonic */
void meter_request(unsigned status, int64_t us);
void meter_cache(bool hit);
void meter_sign_in(unsigned status); /* what a password, a code or a return was answered with */
void meter_server(void);	     /* streams and queue; by one thread, now and then */

#endif

/* What two people say of an unsure or retracted issuance: the service is told first, and its word
 * counts. */
#pragma once
#include "firmware/issuance/ledger.h"
#include "firmware/service/service.h"

typedef enum {
    SETTLE_UNKNOWN = 0, /* the service did not take it: nothing changes */
    SETTLE_OURS,        /* it stands as these two say */
    SETTLE_THEIRS,      /* settled before, as `problem->state` says */
} SettleVerdict;

/* What the service's answer means. `taken`: it took the report; `known`: the issuance. */
SettleVerdict settle_judge(gboolean taken, const ServiceProblem *problem,
                           const IssuanceCase *known);

/* Of a program that is linked with libgeos itself. */
#include "firmware/certificate/topology.h"

const Topology *topology_open(GError **error)
{
    (void)error;
    return &topology;
}

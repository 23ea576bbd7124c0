/* Of the kiosk, which opens libgeos for the plans that need it. */
#include "firmware/base/module.h"
#include "firmware/certificate/topology.h"

const Topology *topology_open(GError **error)
{
    return module_find("kiosk-geometry.so", "topology", error);
}

/* Marks that stand in every name and number of the simulated persons, and nowhere else. */
#pragma once

#define NAME_CANARY "龘测"
#define NUMBER_CANARY "33010618990"

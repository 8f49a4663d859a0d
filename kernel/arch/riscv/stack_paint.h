// The word that unused stack holds. For assembly and C++ alike, hence a macro.
#pragma once

#define STACK_PAINT 0xa5c35a3c

/* Where an address gives way when there is no room for it: at its front, a whole part at a time,
 * because what tells one home from the next stands at its end. */
#pragma once
#include <glib.h>

/* TRUE if this much has room. */
typedef gboolean (*AddressFits)(const char *text, gpointer context);

/* The address whole, or as little as has to be dropped of its front behind "…": province, city,
 * district, street office, and where even that is too long more, but never within a number and its
 * unit ("2204室", "16幢", "B12"). What is left of an address that has no room at all is its shortest
 * end. UTF-8; the caller frees. */
char *address_fit(const char *address, AddressFits fits, gpointer context);

/* The same with no place for a line's end between a number and its unit. The caller frees. */
char *address_bind(const char *address);

/* The floor area in m² of a certificate's area, "共有宗地面积932.58㎡/房屋建筑面积99.57㎡" -> "99.57";
 * NULL when it is not written like that. The caller frees. */
char *address_find_floor_area(const char *area);

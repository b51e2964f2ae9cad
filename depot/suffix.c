#include "depot/path.h"

const char *
depot_path_suffix(const struct depot_path *path)
{
	return depot_path_is_file(path) ? ".xz" :
	    path->type == DEPOT_IMAGE_DISK ? ".img.xz" :
	    path->type == DEPOT_IMAGE_ZIP ? ".zip" : ".tar.xz";
}

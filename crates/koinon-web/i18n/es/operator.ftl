# Para quien cuida el ordenador de la comunidad.
operator-lead = Tareas que corren solas, vecinos, espacio y copias.
operator-well = El ordenador de la comunidad está bien
operator-bad = Ahora mismo no se puede anotar nada
operator-look =
    { $n ->
        [one] { $n } cosa que mirar
       *[other] { $n } cosas que mirar
    }
operator-stopped = Se ha dejado de escribir. Revisa el disco y vuelve a iniciar koinon.
operator-stopped-by = Por qué se dejó de escribir
operator-disk-low = Solo quedan { $n } MiB libres. Haz sitio antes de que se rechacen anotaciones.
operator-waiting = Los datos pueden ser viejos: hay que preguntar a { $n } vecinos antes de prometer existencias. Espera, o confirma que no falta nada.
operator-clock-differs = El reloj de { $name } difiere en { $n } segundos. Ajusta uno de los dos.
operator-job-fails = { $job } falla. La causa está en la lista de tareas.
operator-certificate-ends = El certificado acaba en { $n ->
        [one] un día
       *[other] { $n } días
    } y no se renovó solo. Usa koinon certificate renew.
operator-authority-ends = La autoridad de certificados acaba en { $n ->
        [one] un día
       *[other] { $n } días
    }. Elige un día para una nueva: koinon certificate renew --new-authority; cada aparato debe confiar de nuevo, cada vecino necesita otra tarjeta.
operator-certificate = El certificado vale
operator-days =
    { $n ->
        [one] un día
       *[other] { $n } días
    }
operator-no-plan = No se pueden hacer sugerencias. La causa está en la lista de tareas.
operator-doubts = { $n } anotaciones contradicen a otras o no se pueden situar. Ejecuta koinon check.
operator-no-backup = No se conoce ninguna copia. Haz una con koinon backup y guárdala en otro sitio.
operator-old-backup = La última copia tiene más de una semana. Haz otra con koinon backup.
operator-for-keepers = Las causas, las direcciones y las personas son para quienes cuidan este ordenador.
operator-jobs = Tareas que corren solas
operator-job = Tarea
operator-state = Estado
operator-last-done = Hecha por última vez
operator-waits = bien
operator-works = trabajando
operator-fails = falla
operator-neighbours = Vecinos
operator-neighbour = Vecino
operator-answer = respondieron la última vez
operator-no-neighbours = Todavía no hay ningún vecino en la lista. Haz una tarjeta con koinon peer card.
operator-asked-us = Nos preguntó
operator-behind = Anotaciones por llegar
operator-clock = Reloj adelantado
operator-seconds = { $n } s
operator-address = Dirección
operator-asks-us-only = solo nos pregunta
operator-computer = Este ordenador
operator-version = Versión
operator-speaks-for = Escribe por
operator-safety-copy = nadie; es una copia de seguridad
operator-mark = Su marca
operator-time = Su hora
operator-store = Almacén de datos
operator-snapshot = instantánea:
operator-none-yet = ninguna todavía
operator-disk = Libre en el disco
operator-of = de { $whole }
operator-backup = Última copia
operator-kib = { $n } KiB
operator-mib = { $n } MiB
operator-gib = { $n } GiB
operator-console = En la consola
operator-console-lead = Lo que pide más que mirar se hace en el propio ordenador:
me-operator = Personas, aparatos y el ordenador
operator-forked = { $name } continuó su registro de dos maneras. Lo que vino después de la última anotación común no cuenta. Pregunta a sus responsables qué pasó; si robaron la clave, la cambian con koinon key rotate.
operator-new-key = Las personas responsables dieron una clave nueva al equipo de { $name }. Se dará por buena el { $date } a las { $time }. Pregúntales si fueron ellas.
operator-kept-by = Quién más guarda nuestro registro
operator-part = Parte del registro
operator-entries = Anotaciones
operator-whole-at = Completo en
operator-here-only = Solo aquí
operator-neighbours-n =
    { $n ->
        [one] { $n } vecino
       *[other] { $n } vecinos
    }
operator-writes-nothing = Este equipo no escribe nada propio.
operator-all-held = Cada anotación está al menos en un vecino: con este equipo no se pierde nada.
operator-held-here = { $n ->
        [one] Una anotación está solo aquí
       *[other] { $n } anotaciones están solo aquí
    } por ahora. Se perderían con este equipo.
operator-forked-mended = { $name } continuó una vez su registro de dos maneras; desde entonces tiene una clave nueva.
job-plan = Propuestas
job-certificate = Certificado
job-database = Cuidar la base de datos
job-disk = Espacio en el disco
job-erasure = Borrado de personas
job-exchange-all = Intercambio con vecinos
job-first-view = Primera vista de un vecino
job-fold = Guardar líneas antiguas
job-scrub = Verificación de lo guardado
job-snapshot = Instantánea
job-writing = Escritura
job-exchange = Intercambio con { $whom }
stream-control = Claves
stream-federation = Anotaciones
stream-sealed = Sellado
stream-local = Notas propias
stream-aggregates = Sumas
stream-stock = Existencias
operator-a-safety-copy = Copia de seguridad { $mark }
operator-share = Cuota que queda
operator-share-used = agotada, espera
operator-percent = { $n } %

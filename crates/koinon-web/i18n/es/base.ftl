# El marco de cada página y las palabras que comparten.
skip-to-content = Ir al contenido
nav-main = Partes principales
nav-more = Más
nav-region = Región
nav-stock = Existencias
nav-count = Contar
nav-needs = Necesidades
nav-transfers = Envíos
nav-checks = ¿Cuadra todo?
nav-touch = Comunidades en contacto
nav-operator = Para quien cuida el equipo
nav-crumbs = Dónde está
sign-in = Entrar
language = Idioma
theme = Claro u oscuro
theme-auto = Auto
theme-light = Claro
theme-dark = Oscuro
settings-apply = OK
demo-label = Demostración
demo-banner = Esto es una demostración. Aquí no se mueve nada real.
demo-day = Día { $n }
demo-see-as = Verlo como
demo-switch = Cambiar
foot-promise = Tenido en común. Cada comunidad lleva su propio libro.
waiting-to-send = Anotaciones que esperan en este aparato para enviarse:
waiting-others = En este aparato esperan anotaciones de otra persona; se envían cuando esa persona entra:
waiting-sign-in = Entra para enviarlas.
waiting-look = Verlas.
waiting-refused = Anotaciones que hay que mirar:
waiting-title = Lo que espera en este aparato
waiting-lead = Estas anotaciones se hicieron en este aparato y aún no están escritas. Las que no llevan aviso se envían solas.
waiting-none = Nada espera en este aparato.
waiting-why = El equipo de la comunidad no aceptó esta anotación tal como está. Puede que la página haya cambiado o que tu tarea haya terminado. Anótala de nuevo en su página y luego descarta esta.
waiting-asked = El ordenador de la comunidad pregunta algo sobre esta anotación antes de aceptarla.
waiting-answer = Responder
waiting-again = Enviar de nuevo
waiting-open = Abrir su página
waiting-away = Descartar
waiting-really = Descartar de verdad
waiting-no-script = Esta lista necesita scripts, porque las anotaciones están solo en este aparato.
kept-page = Sin conexión. Esta es la página del { $date }, { $time }; las cantidades pueden haber cambiado. Lo que anotes queda en este aparato hasta que se pueda enviar.
offline-title = Sin conexión con el ordenador de la comunidad
offline-lead = Esta página necesita conexión. Lo que anotaste queda en este aparato y se envía cuando vuelva la conexión.
offline-count = Seguir contando

# Estado: una marca, una palabra y un color
status-enough = Suficiente
status-watch = Atención
status-short = Escaso
status-unheard = Sin noticias

# Partes de las páginas
table-all = Mostrar todo
show-as-table = Ver como tabla
pad-label = Teclas de números
pad-back = Borrar una cifra
steps-done = hecho
steps-now = ahora
steps-ahead = por venir
steps-halted = detenido
field-optional = no es obligatorio
notice-good = Hecho
notice-info = Nota
notice-watch = Atención
notice-bad = Problema
print = Imprimir
updates-live = se actualiza solo

# Antigüedad
age-now = ahora mismo
age-minutes =
    { $n ->
        [one] hace { $n } minuto
       *[other] hace { $n } minutos
    }
age-hours =
    { $n ->
        [one] hace { $n } hora
       *[other] hace { $n } horas
    }
age-days =
    { $n ->
        [one] ayer
       *[other] hace { $n } días
    }

# Cantidades
unit-g = { $amount } g
unit-kg = { $amount } kg
unit-t = { $amount } t
unit-ml = { $amount } ml
unit-l = { $amount } l
unit-m3 = { $amount } m³
unit-wh = { $amount } Wh
unit-kwh = { $amount } kWh
unit-mwh = { $amount } MWh
unit-piece =
    { $n ->
        [one] { $amount } pieza
       *[other] { $amount } piezas
    }
unit-person-minute =
    { $n ->
        [one] { $amount } minuto de trabajo
       *[other] { $amount } minutos de trabajo
    }
unit-person-hour =
    { $n ->
        [one] { $amount } hora de trabajo
       *[other] { $amount } horas de trabajo
    }
unit-bed-day =
    { $n ->
        [one] { $amount } cama por un día
       *[other] { $amount } camas por un día
    }

# Lo que le pasa al propio equipo
alarm-damage = Parte de lo guardado en este equipo está dañado, así que las cifras pueden estar mal. Quien lo administra debe mirarlo hoy: koinon doctor.
alarm-read-only = Este equipo se puede leer, pero no se puede anotar nada. Quien lo administra debe mirarlo hoy: koinon doctor.
alarm-disk = El disco de este equipo está lleno: lo que hay se puede leer, pero no se puede anotar nada hasta que haya sitio.
alarm-clock = Es probable que el reloj de este equipo esté mal: dice { $today }, y lo más nuevo anotado es de { $newest }. Quien lo administra debe ponerlo en hora.
alarm-certificate = El certificado de este ordenador acaba el { $date }; después ningún aparato abre sus páginas. Quien lo administra debe renovarlo: koinon certificate renew.
alarm-authority = La autoridad de certificados de la comunidad acaba el { $date }; después ningún aparato abre estas páginas. Quien administra este ordenador debe fundar otra, y cada aparato debe confiar de nuevo en ella.
alarm-first-view = Lo que { $name } mostró al principio a este equipo, del { $date } a las { $time }, no es lo que dicen las entradas: su número de control era { $theirs } y aquí es { $ours }. Cuentan las entradas, y son lo que ves ahora. Quien lo administra debe mirarlo hoy: koinon doctor.
alarm-first-view-short = { $name } mostró al principio a este equipo, del { $date } a las { $time }, algo hecho con entradas que nunca llegaron (número de control { $theirs }). Cuentan las entradas que hay aquí, y son lo que ves ahora. Quien lo administra debe mirarlo hoy: koinon doctor.
first-view-shown = Primera vista de { $name }, del { $date } a las { $time }. Aquí se han comprobado { $part } de { $all } entradas. Hasta que estén todas, esta página muestra lo que calculó { $name }.
first-view-silent = De { $place } no muestra nada posterior al { $date } a las { $time }: las cantidades de allí pueden haber cambiado desde entonces.
first-view-old = Es antigua: nada en ella es posterior al { $newest } a las { $hour }, y de { $place } nada es posterior al { $date } a las { $time }. Las cantidades pueden haber cambiado desde entonces.
first-view-coming = Una primera vista de { $name } está en camino: ha llegado el { $percent } %. Hasta entonces hay poco que ver aquí.

# Cuando algo va mal
problem-bad-request = Esto no se puede leer
problem-unauthorized = Entre primero, por favor
problem-forbidden = Esto no le corresponde ver ni hacer
problem-not-found = Aquí no hay nada
problem-conflict = Algo cambió mientras tanto
problem-too-large = Es demasiado grande
problem-unprocessable = Algo de esto no puede ser correcto
problem-too-many = Demasiados intentos
problem-unavailable = Ahora no es posible
problem-internal = Algo falló por nuestra parte
problem-slow = Tardó demasiado
problem-slow-detail = Lo enviado no llegó a tiempo. Inténtelo de nuevo; con una línea débil envíe menos de una vez.
problem-misdirected = Este equipo tiene otro nombre
problem-misdirected-detail = Este equipo no se conoce como «{ $name }». Ábralo con la dirección que mostró al iniciarse. Quien lo administra puede añadir un nombre: koinon serve --name NOMBRE.
problem-crowded = Hay demasiadas conexiones abiertas. Inténtelo de nuevo en diez segundos.
problem-crowded-address = Hay demasiadas conexiones abiertas desde su dispositivo o red. Cierre otras páginas de este equipo o inténtelo de nuevo en diez segundos.
problem-crowded-live = Demasiadas páginas esperan cambios. Esta página funciona; ábrala de nuevo para ver lo nuevo.
problem-not-found-detail = Quizá la dirección está mal escrita o la página se ha movido.
problem-back = Volver al inicio
part-lines = Partes de la lista
part-shown = Líneas { $first } a { $last } de { $of }
part-before = Las anteriores
part-after = Las siguientes
hands-this = Según { $by }, esta computadora está en otras manos, y allí no se le da nada. Llámenles. Si fue así, cambien su clave.
hands-ours = Se dice que la computadora de { $whose } está en otras manos. No le damos nada ni tomamos nada de ella hasta que tenga una clave nueva. Lo que { $whose } necesita se sigue mostrando: pregunten allí por teléfono antes de enviar. Lo dicen: { $by }.
hands-theirs = { $by } dicen que la computadora de { $whose } está en otras manos. Llamen a { $whose }. Si es así, quien cuida nuestra computadora detiene el intercambio con ella.
